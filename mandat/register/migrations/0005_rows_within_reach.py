"""
Row security: a session of the database sees the registrants’ facts of the firms within its reach, and writes no others.

`mandat.firms` says which, as an array of keys of enterprises; zero stands for all; unsaid, none. A later migration of any
application writes `CALL keep_within_reach('its_table', 'reaches_registrant(registrant_id)')`, or names a function of its own.

Every statement is planned anew, its policies with it. Hence an expression without a function of ours for all, and, for what
leads to its firm by another row, functions of PL/pgSQL, which keep their plans.
"""

from django.db import migrations

REACH = """
CREATE FUNCTION reaches_registrant(asked bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM register_registrant AS its JOIN enterprises_serviceregistration AS link
        ON link.id = its.service_registration_id
     WHERE its.id = asked
       AND link.enterprise_id = ANY (nullif(current_setting('mandat.firms', true), '')::bigint[]));
END
$$;

CREATE FUNCTION reaches_attachment(asked bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT FROM register_attachment WHERE id = asked);
END
$$;

CREATE PROCEDURE keep_within_reach(kept regclass, condition text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', kept);
  EXECUTE format('CREATE POLICY within_reach ON %s USING ('
                 'nullif(current_setting(''mandat.firms'', true), '''')::bigint[] && ''{0}''::bigint[] OR %s)', kept, condition);
END
$$;
"""

UNDO_REACH = """
DROP PROCEDURE keep_within_reach(regclass, text);
DROP FUNCTION reaches_attachment(bigint);
DROP FUNCTION reaches_registrant(bigint);
"""

KEPT = {
    "register_registration": "reaches_registrant(registrant_id)",
    "register_establishment": "reaches_registrant(registrant_id)",
    "register_office": "reaches_registrant(registrant_id)",
    "register_attachment": "reaches_registrant(registrant_id)",
    "register_attachmentchange": "reaches_attachment(attachment_id)",
}


class Migration(migrations.Migration):
    dependencies = [("register", "0004_imports_are_kept_for_ever")]

    operations = [
        migrations.RunSQL(REACH, UNDO_REACH),
        *(
            migrations.RunSQL(
                f"CALL keep_within_reach('{table}', '{condition}')",
                f"DROP POLICY within_reach ON {table};"
                f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY",
            )
            for table, condition in KEPT.items()
        ),
    ]
