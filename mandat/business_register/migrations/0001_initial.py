"""
The extracts, and the tables of their data: two slots each, without an index until they are filled.

What only the owner of a table may do, emptying a slot and indexing it, is two functions that run as the owner, and
refuse the slot in use. One table at a time: a reader holds them all, and waits for one at most.
"""

import uuid

from django.db import migrations, models

TABLES = {
    "code": "domain text NOT NULL, code text NOT NULL, label text NOT NULL",
    "enterprise": (
        "neq char(10) NOT NULL, status text NOT NULL, status_on date, form text NOT NULL, insolvency text NOT NULL,"
        " registered_on date, line1 text NOT NULL, line2 text NOT NULL, line3 text NOT NULL, line4 text NOT NULL"
    ),
    "name": (
        "neq char(10) NOT NULL, name text NOT NULL, name_elsewhere text NOT NULL, state text NOT NULL,"
        " kind text NOT NULL, since date, until date"
    ),
    "establishment": (
        "neq char(10) NOT NULL, suffix text NOT NULL, line1 text NOT NULL, line2 text NOT NULL, line3 text NOT NULL,"
        " line4 text NOT NULL"
    ),
    "relation": (
        "neq char(10) NOT NULL, other text NOT NULL, name text NOT NULL, kind text NOT NULL, took_effect_on date"
    ),
    "change": (
        "neq char(10) NOT NULL, kind text NOT NULL, regime text NOT NULL, place text NOT NULL, took_effect_on date"
    ),
}
CREATE = "".join(
    f"CREATE TABLE business_register_{table} (slot smallint NOT NULL, {columns}) PARTITION BY LIST (slot);"
    + "".join(
        f"CREATE TABLE business_register_{table}_{slot} PARTITION OF business_register_{table} FOR VALUES IN ({slot});"
        for slot in (0, 1)
    )
    for table, columns in TABLES.items()
)
DROP = "".join(f"DROP TABLE business_register_{table};" for table in TABLES)

FUNCTIONS = """
CREATE FUNCTION business_register_idle(part text, chosen smallint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF part NOT IN ('code', 'enterprise', 'name', 'establishment', 'relation', 'change') OR chosen NOT IN (0, 1) THEN
    RAISE EXCEPTION 'no such table' USING ERRCODE = 'undefined_table';
  END IF;
  IF EXISTS (SELECT FROM business_register_extract WHERE is_current AND slot = chosen) THEN
    RAISE EXCEPTION 'slot % is in use', chosen USING ERRCODE = 'restrict_violation';
  END IF;
END
$$;

CREATE FUNCTION business_register_clear(part text, chosen smallint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM business_register_idle(part, chosen);
  EXECUTE format('DROP INDEX IF EXISTS business_register_%s_%s_key', part, chosen);
  EXECUTE format('TRUNCATE business_register_%s_%s', part, chosen);
  RETURN 0;
END
$$;

CREATE FUNCTION business_register_index(part text, chosen smallint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  whole text := format('business_register_%s_%s', part, chosen);
  key text := CASE part WHEN 'code' THEN 'domain, code' ELSE 'neq' END;
  repeated bigint := 0;
BEGIN
  PERFORM business_register_idle(part, chosen);
  IF part IN ('code', 'enterprise') THEN
    BEGIN
      EXECUTE format('CREATE UNIQUE INDEX %s_key ON %s (%s)', whole, whole, key);
    EXCEPTION WHEN unique_violation THEN
      EXECUTE format('DELETE FROM %s a USING %s b WHERE (%s) = (%s) AND a.ctid > b.ctid', whole, whole,
                     'a.' || replace(key, ', ', ', a.'), 'b.' || replace(key, ', ', ', b.'));
      GET DIAGNOSTICS repeated = ROW_COUNT;
      EXECUTE format('CREATE UNIQUE INDEX %s_key ON %s (%s)', whole, whole, key);
    END;
  ELSE
    EXECUTE format('CREATE INDEX %s_key ON %s (%s)', whole, whole, key);
  END IF;
  EXECUTE format('ANALYZE %s', whole);
  RETURN repeated;
END
$$;
"""
FORGET = "".join(f"DROP FUNCTION business_register_{each}(text, smallint);" for each in ("clear", "index", "idle"))


class Migration(migrations.Migration):
    initial = True

    dependencies = [("platform", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Extract",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("slot", models.PositiveSmallIntegerField()),
                ("as_of", models.DateField()),
                ("sha256", models.CharField(max_length=64)),
                ("is_current", models.BooleanField(default=False)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("counts", models.JSONField(default=dict)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("slot__in", (0, 1))), name="extract_is_in_a_slot"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)), fields=("is_current",), name="one_current_extract"
                    ),
                ],
            },
        ),
        migrations.RunSQL(CREATE, DROP),
        migrations.RunSQL(FUNCTIONS, FORGET),
    ]
