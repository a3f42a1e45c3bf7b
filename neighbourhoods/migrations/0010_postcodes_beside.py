import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("neighbourhoods", "0009_boxes_of_sets")]

    operations = [
        migrations.CreateModel(
            name="PostcodeBeside",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("metres", models.FloatField()),
                (
                    "boundary",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="nearby",
                        to="neighbourhoods.boundary",
                    ),
                ),
                (
                    "postcode",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="beside",
                        to="neighbourhoods.postcode",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        name="postcodebeside_is_close_by",
                        condition=models.Q(metres__range=(0, 50)),
                    ),
                    models.UniqueConstraint(
                        name="postcodebeside_unique", fields=["postcode", "boundary"]
                    ),
                ],
            },
        ),
    ]
