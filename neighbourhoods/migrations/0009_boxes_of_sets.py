import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Max, Min, Q


def enclose(apps, schema_editor):
    """What ``BoundarySet.enclose`` does from now on."""
    sets = apps.get_model("neighbourhoods", "BoundarySet").objects
    for boundary_set in sets.all():
        box = boundary_set.boundaries.aggregate(
            south=Min("min_lat"), north=Max("max_lat"), west=Min("min_lng"), east=Max("max_lng")
        )
        sets.filter(pk=boundary_set.pk).update(**box)


class Migration(migrations.Migration):
    dependencies = [("neighbourhoods", "0008_postcodes_of_followers")]

    operations = [
        *(
            migrations.AddField("boundaryset", side, models.FloatField(null=True))
            for side in ("south", "north", "west", "east")
        ),
        migrations.RunPython(enclose, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="boundaryset",
            constraint=models.CheckConstraint(
                name="boundaryset_has_whole_box_or_none",
                condition=Q(south__isnull=True, north__isnull=True)
                & Q(west__isnull=True, east__isnull=True)
                | Q(south__isnull=False, north__isnull=False, south__lte=F("north"))
                & Q(west__isnull=False, east__isnull=False, west__lte=F("east")),
            ),
        ),
        migrations.RemoveIndex(model_name="boundary", name="boundary_box"),
        migrations.AlterField(
            model_name="boundary",
            name="boundary_set",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="boundaries",
                to="neighbourhoods.boundaryset",
            ),
        ),
        migrations.AddIndex(
            model_name="boundary",
            index=models.Index(
                name="boundary_box_in_set",
                fields=["boundary_set", "min_lat", "max_lat", "min_lng", "max_lng"],
            ),
        ),
    ]
