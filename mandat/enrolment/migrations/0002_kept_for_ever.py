from django.db import migrations

KEPT = ("enrolment_enrolmentmove", "enrolment_enrolmentcheck", "enrolment_invitationmovemade")


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0001_initial"), ("platform", "0002_clock_and_append_only")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE enrolment_serial AS bigint", "DROP SEQUENCE enrolment_serial"),
        *(migrations.RunSQL(f"CALL keep_append_only('{table}')", f"DROP TRIGGER append_only ON {table}") for table in KEPT),
    ]
