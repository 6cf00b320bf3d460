"""The clock that every reading goes through, and tables whose rows are never changed or deleted.

Later migrations of any application write `CALL keep_append_only('its_table')`.
"""

from django.db import migrations

CLOCK = """
CREATE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$ SELECT clock_timestamp() $$
"""

APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END
$$;

CREATE PROCEDURE keep_append_only(kept regclass) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s'
                 ' FOR EACH ROW EXECUTE FUNCTION refuse_change()', kept);
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mandat_app') THEN
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM mandat_app', kept);
  END IF;
END
$$;

CALL keep_append_only('platform_eventrow');
"""

UNDO = """
DROP TRIGGER append_only ON platform_eventrow;
DROP PROCEDURE keep_append_only(regclass);
DROP FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("platform", "0001_initial")]

    operations = [
        migrations.RunSQL(CLOCK, "DROP FUNCTION app_now()"),
        migrations.RunSQL(APPEND_ONLY, UNDO),
    ]
