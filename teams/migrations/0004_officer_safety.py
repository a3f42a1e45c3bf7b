import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [
        ("teams", "0003_audit_chain"),
    ]

    operations = [
        migrations.CreateModel(
            name="SafetyStamp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("value", models.PositiveBigIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(name="safetystamp_is_one_row", condition=Q(pk=1))
                ],
            },
        ),
        migrations.CreateModel(
            name="Unhiding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="unhidings",
                        to="teams.member",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        name="unhiding_waits_once",
                        fields=["member"],
                        condition=Q(confirmed_at__isnull=True),
                    ),
                    models.CheckConstraint(
                        name="unhiding_confirmed_by_somebody",
                        condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                        | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                    ),
                    models.CheckConstraint(
                        name="unhiding_takes_two",
                        condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("asked_by")),
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="member",
            name="hidden_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="member",
            name="visible_from",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="member",
            name="first_name_only",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="member",
            name="first_name_reason",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.CheckConstraint(
                name="member_first_name_only_has_reason",
                condition=Q(first_name_only=True) & ~Q(first_name_reason="")
                | Q(first_name_only=False, first_name_reason=""),
            ),
        ),
        migrations.AlterField(
            model_name="rolegrant",
            name="role",
            field=models.CharField(
                choices=[
                    ("officer", "Officer"),
                    ("sergeant", "Sergeant"),
                    ("inspector", "Inspector"),
                    ("officer_safety_lead", "Officer-safety lead"),
                    ("force_administrator", "Force administrator"),
                ],
                max_length=20,
            ),
        ),
    ]
