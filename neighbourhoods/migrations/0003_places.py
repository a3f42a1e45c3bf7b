import datetime

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("neighbourhoods", "0002_followers"),
    ]

    operations = [
        migrations.CreateModel(
            name="OpeningException",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField()),
                ("opens", models.TimeField(blank=True, null=True)),
                ("closes", models.TimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=120)),
                ("reason_cy", models.CharField(blank=True, max_length=120)),
            ],
            options={
                "ordering": ["on"],
            },
        ),
        migrations.CreateModel(
            name="OpeningHours",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ]
                    ),
                ),
                ("opens", models.TimeField()),
                ("closes", models.TimeField()),
            ],
            options={
                "ordering": ["weekday", "opens"],
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("STATION", "Police station"),
                            ("FRONT_COUNTER", "Front counter"),
                            ("CONTACT_POINT", "Contact point"),
                            ("SURGERY", "Surgery"),
                        ],
                        max_length=13,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("name_cy", models.CharField(blank=True, max_length=120)),
                ("address", models.CharField(max_length=200)),
                ("postcode", models.CharField(blank=True, max_length=8)),
                ("lat", models.FloatField(blank=True, null=True)),
                ("lng", models.FloatField(blank=True, null=True)),
                ("telephone", models.CharField(blank=True, max_length=20)),
                ("access", models.CharField(blank=True, max_length=300)),
                ("access_cy", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["name", "pk"],
            },
        ),
        migrations.AddField(
            model_name="boundary",
            name="beside",
            field=models.ManyToManyField(blank=True, to="neighbourhoods.boundary"),
        ),
        migrations.AddField(
            model_name="neighbourhood",
            name="streets",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="neighbourhood",
            name="streets_cy",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="place",
            name="force",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="places",
                to="neighbourhoods.force",
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="neighbourhoods",
            field=models.ManyToManyField(
                blank=True, related_name="places", to="neighbourhoods.neighbourhood"
            ),
        ),
        migrations.AddField(
            model_name="openinghours",
            name="place",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="opening_hours",
                to="neighbourhoods.place",
            ),
        ),
        migrations.AddField(
            model_name="openingexception",
            name="place",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="exceptions",
                to="neighbourhoods.place",
            ),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.UniqueConstraint(fields=("force", "name"), name="place_name_unique"),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name", ""), _negated=True), models.Q(("address", ""), _negated=True)
                ),
                name="place_has_name_and_address",
            ),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lat__isnull", True), ("lng__isnull", True)),
                    models.Q(
                        ("lat__isnull", False),
                        ("lng__isnull", False),
                        ("lat__range", (-90, 90)),
                        ("lng__range", (-180, 180)),
                    ),
                    _connector="OR",
                ),
                name="place_has_both_coordinates_or_none",
            ),
        ),
        migrations.AddConstraint(
            model_name="openinghours",
            constraint=models.UniqueConstraint(
                fields=("place", "weekday", "opens"), name="openinghours_begin_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="openinghours",
            constraint=models.CheckConstraint(
                condition=models.Q(("weekday__range", (0, 6))), name="openinghours_weekday_exists"
            ),
        ),
        migrations.AddConstraint(
            model_name="openinghours",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closes__gt", models.F("opens")),
                    ("closes", datetime.time(0, 0)),
                    _connector="OR",
                ),
                name="openinghours_close_after_they_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="openingexception",
            constraint=models.UniqueConstraint(
                fields=("place", "on"), name="openingexception_one_per_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="openingexception",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closes__isnull", True), ("opens__isnull", True)),
                    models.Q(
                        ("closes__isnull", False),
                        ("opens__isnull", False),
                        models.Q(
                            ("closes__gt", models.F("opens")),
                            ("closes", datetime.time(0, 0)),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="openingexception_closed_or_has_hours",
            ),
        ),
    ]
