import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("teams", "0009_sessions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Photo",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=22)),
                ("width", models.PositiveSmallIntegerField()),
                ("height", models.PositiveSmallIntegerField()),
                ("consented_at", models.DateTimeField()),
                ("consent_version", models.CharField(max_length=10)),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="photo",
                        to="teams.member",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("key",), name="photo_key_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("key", ""), _negated=True),
                            models.Q(("consent_version", ""), _negated=True),
                        ),
                        name="photo_names_key_and_consent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("height__range", (1, 400)), ("width__range", (1, 400))),
                        name="photo_is_small",
                    ),
                ],
            },
        ),
    ]
