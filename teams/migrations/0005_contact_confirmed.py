import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("teams", "0004_officer_safety"),
        ("neighbourhoods", "0005_councils"),
    ]

    operations = [
        migrations.AddField(
            model_name="member",
            name="unconfirmed_from",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="Notice",
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
                        choices=[("VACANT", "Vacant"), ("UNCONFIRMED", "Unconfirmed")],
                        max_length=11,
                    ),
                ),
                ("about_on", models.DateField()),
                (
                    "neighbourhood",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="neighbourhoods.neighbourhood",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        name="notice_once_to_each",
                        fields=["kind", "neighbourhood", "user", "about_on"],
                    ),
                ],
            },
        ),
    ]
