from django.db import migrations

REFUSE = """
CREATE FUNCTION identity_deployment_is_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what a database is was written when it was created, and never changes';
END
$$;
CREATE TRIGGER deployment_is_for_ever BEFORE UPDATE OR DELETE ON identity_deployment
  FOR EACH ROW EXECUTE FUNCTION identity_deployment_is_for_ever();
"""
ALLOW = """
DROP TRIGGER deployment_is_for_ever ON identity_deployment;
DROP FUNCTION identity_deployment_is_for_ever();
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
