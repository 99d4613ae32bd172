"""Keep of assignments only the indexes that a page or a rule needs: each is written with every new row.

One by status, then tenant, serves those who see one tenant and those who see all. Days across all tenants are found by
ranges of pages, since rosters are planned in the order of their days; SQLite knows no such ranges.
"""

from django.db import migrations, models


def create_ranges(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        options = "pages_per_range = 16, autosummarize = on"
        schema_editor.execute(
            f"CREATE INDEX assignment_days ON scheduling_assignment USING brin (date) WITH ({options})"
        )


def drop_ranges(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX assignment_days")


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0008_schedules_of_assignments_are_copies")]

    operations = [
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["status", "tenant", "-id"], name="assignment_status_tenant"),
        ),
        migrations.RemoveIndex(model_name="assignment", name="assignment_status_newest"),
        migrations.RemoveIndex(model_name="assignment", name="assignment_tenant_status"),
        migrations.RemoveIndex(model_name="assignment", name="assignment_date"),
        migrations.RunPython(create_ranges, drop_ranges),
    ]
