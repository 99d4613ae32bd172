"""Copy tenant and date to each assignment. A migration of its own: PostgreSQL alters no table it has just updated."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def copy(apps, schema_editor):
    assignments = apps.get_model("scheduling", "Assignment")
    shift = apps.get_model("scheduling", "Shift").objects.filter(pk=OuterRef("shift"))
    schedule = apps.get_model("scheduling", "Schedule").objects.filter(pk=OuterRef("schedule"))
    assignments.objects.update(date=Subquery(shift.values("date")), tenant=Subquery(schedule.values("tenant")))


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0003_swaps_calendars_policies"), ("tenancy", "0001_initial")]

    operations = [
        migrations.AddField(model_name="assignment", name="date", field=models.DateField(editable=False, null=True)),
        migrations.AddField(
            model_name="assignment",
            name="tenant",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="tenancy.tenant",
            ),
        ),
        migrations.RunPython(copy, migrations.RunPython.noop),
    ]
