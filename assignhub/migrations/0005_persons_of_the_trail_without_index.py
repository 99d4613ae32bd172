"""Drop the index of the trail by account: persons are found by how they are called, and nothing asks for their keys."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assignhub", "0004_find_in_the_trail")]

    operations = [
        # To alter the field, SQLite would copy the table, and lose the triggers that keep the trail as it is.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "DROP INDEX IF EXISTS assignhub_auditentry_by_id_6d22c31e",
                    "CREATE INDEX assignhub_auditentry_by_id_6d22c31e ON assignhub_auditentry (by_id)",
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="auditentry",
                    name="by_id",
                    field=models.UUIDField(null=True),
                )
            ],
        )
    ]
