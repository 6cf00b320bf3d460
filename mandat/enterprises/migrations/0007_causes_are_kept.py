"""What a source said, and the names that an enterprise had, are kept for ever."""

from django.db import migrations

KEPT = ("enterprises_reporthistory", "enterprises_namechange")


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0006_causes_from_outside")]

    operations = [
        migrations.RunSQL(f"CALL keep_append_only('{table}')", f"DROP TRIGGER append_only ON {table}") for table in KEPT
    ]
