"""Keep who assigned as the trail does: by a key that is not checked, not looked for and not emptied with the account."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def forget_the_gone(apps, schema_editor):
    """On the way back, a key may only be of an account there is."""
    accounts = apps.get_model("tenancy", "User").objects.values("pk")
    told = apps.get_model("scheduling", "Assignment").objects.exclude(assigned_by_id=None)
    told.exclude(assigned_by_id__in=accounts).update(assigned_by_id=None)


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0009_fewer_indexes_of_assignments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="assignment",
            name="assigned_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, forget_the_gone),
    ]
