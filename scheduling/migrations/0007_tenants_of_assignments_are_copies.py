"""Ask nothing about an assignment's tenant: it is a copy of the schedule's, whose own key is checked."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0006_judge_overlaps_by_boxes"), ("tenancy", "0002_second_factor_and_sessions")]

    operations = [
        migrations.AlterField(
            model_name="assignment",
            name="tenant",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="tenancy.tenant",
            ),
        ),
    ]
