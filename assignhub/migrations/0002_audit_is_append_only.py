from django.db import migrations

REFUSE = {
    "postgresql": [
        """
        CREATE FUNCTION assignhub_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'audit entries cannot be changed or deleted' USING ERRCODE = '23000';
        END $$
        """,
        """
        CREATE TRIGGER assignhub_audit_is_append_only BEFORE UPDATE OR DELETE ON assignhub_auditentry
        FOR EACH ROW EXECUTE FUNCTION assignhub_audit_is_append_only()
        """,
    ],
    "sqlite": [
        f"""
        CREATE TRIGGER assignhub_audit_refuses_{verb.lower()} BEFORE {verb} ON assignhub_auditentry
        BEGIN SELECT RAISE(ABORT, 'audit entries cannot be changed or deleted'); END
        """
        for verb in ("UPDATE", "DELETE")
    ],
}
ALLOW = {
    "postgresql": [
        "DROP TRIGGER assignhub_audit_is_append_only ON assignhub_auditentry",
        "DROP FUNCTION assignhub_audit_is_append_only()",
    ],
    "sqlite": [f"DROP TRIGGER assignhub_audit_refuses_{verb}" for verb in ("update", "delete")],
}


def run(statements):
    def execute(apps, schema_editor):
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    return execute


class Migration(migrations.Migration):
    dependencies = [("assignhub", "0001_initial")]
    operations = [migrations.RunPython(run(REFUSE), run(ALLOW))]
