"""Let PostgreSQL itself refuse two columns, cards or items at one position.

Deferred to the end of the transaction, because neighbours make room one by one.
"""

from django.db import migrations

ORDERED = {"column": "board_id", "card": "column_id", "checklistitem": "card_id"}


def add(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table, parent in ORDERED.items():
            schema_editor.execute(
                f"ALTER TABLE tasks_{table} ADD CONSTRAINT tasks_{table}_position_once "
                f"UNIQUE ({parent}, position) DEFERRABLE INITIALLY DEFERRED"
            )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in ORDERED:
            schema_editor.execute(f"ALTER TABLE tasks_{table} DROP CONSTRAINT tasks_{table}_position_once")


class Migration(migrations.Migration):
    dependencies = [("tasks", "0001_initial")]
    operations = [migrations.RunPython(add, drop)]
