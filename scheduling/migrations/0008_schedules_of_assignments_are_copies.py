"""Ask nothing about an assignment's schedule: it is a copy of the shift's, whose own key is checked."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0007_tenants_of_assignments_are_copies")]

    operations = [
        migrations.AlterField(
            model_name="assignment",
            name="schedule",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="assignments",
                to="scheduling.schedule",
            ),
        ),
    ]
