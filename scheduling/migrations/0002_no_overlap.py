"""Let PostgreSQL itself refuse two active assignments of one employee at the same time.

Written over ranges only, so that it needs no extension. Deferrable, because a change of time zone moves many spans
one by one and is right only at its end.
"""

from django.db import migrations

ADD = """
ALTER TABLE scheduling_assignment ADD CONSTRAINT scheduling_assignment_no_overlap
EXCLUDE USING gist (int8range(employee_id, employee_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&)
WHERE (status IN ('assigned', 'pending', 'confirmed', 'completed'))
DEFERRABLE INITIALLY IMMEDIATE
"""
DROP = "ALTER TABLE scheduling_assignment DROP CONSTRAINT scheduling_assignment_no_overlap"


def run(statement):
    def execute(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(statement)

    return execute


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0001_initial")]
    operations = [migrations.RunPython(run(ADD), run(DROP))]
