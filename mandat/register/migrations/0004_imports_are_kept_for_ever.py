from django.db import migrations

KEPT = ("register_import", "register_importedchange")


class Migration(migrations.Migration):
    dependencies = [("register", "0003_imports"), ("platform", "0002_clock_and_append_only")]

    operations = [
        migrations.RunSQL(f"CALL keep_append_only('{table}')", f"DROP TRIGGER append_only ON {table}") for table in KEPT
    ]
