"""Indexes to find entries by: the request that caused them, and, on PostgreSQL, when, and how the names begin."""

from django.db import migrations, models
from django.db.models import Q

# Names as Django writes `istartswith`; moments by ranges of pages, since entries come in their order. SQLite compares
# without regard to case by reading every row, and knows no such ranges.
INDEXES = {
    "audit_person_begins": "(UPPER(by_label::text) text_pattern_ops)",
    "audit_object_begins": "(UPPER(object_label::text) text_pattern_ops)",
    "audit_at": "USING brin (at) WITH (pages_per_range = 16)",
}


def create_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, columns in INDEXES.items():
            schema_editor.execute(f"CREATE INDEX {name} ON assignhub_auditentry {columns}")


def drop_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX {name}")


class Migration(migrations.Migration):
    dependencies = [("assignhub", "0003_upload")]

    operations = [
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["request_id"], condition=~Q(request_id=""), name="audit_request"),
        ),
        migrations.RunPython(create_indexes, drop_indexes),
    ]
