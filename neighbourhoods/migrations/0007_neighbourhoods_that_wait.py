from django.db import migrations, models
from django.db.models import F, Q


def let_wait(apps, schema_editor):
    """Those drawn only in sets that were never in force: a switch would have ended them."""
    places = apps.get_model("neighbourhoods", "Neighbourhood").objects
    drawn = places.filter(ended_on=None, boundaries__isnull=False)
    in_force = places.filter(boundaries__boundary_set=F("force__boundary_set"))
    dark = drawn.exclude(pk__in=in_force.values("pk")).values("pk")
    places.filter(pk__in=dark, successor=None).update(waiting=True, began_on=None)


class Migration(migrations.Migration):
    dependencies = [("neighbourhoods", "0006_matches_with_fewer_indexes")]

    operations = [
        migrations.AddField(
            model_name="neighbourhood",
            name="waiting",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(let_wait, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="neighbourhood",
            constraint=models.CheckConstraint(
                name="neighbourhood_waiting_has_no_days",
                condition=Q(waiting=False)
                | Q(began_on__isnull=True, ended_on__isnull=True, successor__isnull=True),
            ),
        ),
    ]
