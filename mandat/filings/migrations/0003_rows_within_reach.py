"""Row security of filings: within reach of the firm that their registrant’s service registration links it to."""

from django.db import migrations

READERS = """
CREATE FUNCTION reaches_filing(asked bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT FROM filings_filing WHERE id = asked);
END
$$;
"""

UNDO_READERS = "DROP FUNCTION reaches_filing(bigint)"

KEPT = {
    "filings_filing": "reaches_registrant(registrant_id)",
    "filings_submission": "reaches_filing(filing_id)",
    "filings_filingmove": "reaches_filing(filing_id)",
    "filings_filingdocument": "reaches_filing(filing_id)",
}


class Migration(migrations.Migration):
    dependencies = [("filings", "0002_kept_for_ever"), ("register", "0005_rows_within_reach")]

    operations = [
        migrations.RunSQL(READERS, UNDO_READERS),
        *(
            migrations.RunSQL(
                f"CALL keep_within_reach('{table}', '{condition}')",
                f"DROP POLICY within_reach ON {table};"
                f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY",
            )
            for table, condition in KEPT.items()
        ),
    ]
