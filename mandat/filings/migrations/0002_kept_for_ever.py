from django.db import migrations

KEPT = ("filings_submission", "filings_filingmove")


class Migration(migrations.Migration):
    dependencies = [("filings", "0001_initial"), ("platform", "0002_clock_and_append_only")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE filings_serial AS bigint", "DROP SEQUENCE filings_serial"),
        *(migrations.RunSQL(f"CALL keep_append_only('{table}')", f"DROP TRIGGER append_only ON {table}") for table in KEPT),
    ]
