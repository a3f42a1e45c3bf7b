import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0002_mailbox"),
        ("priorities", "0003_action_added_at"),
        ("teams", "0002_events"),
    ]

    operations = [
        migrations.CreateModel(
            name="PostHandOver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("changed_on", models.DateField()),
                ("accepted_at", models.DateTimeField()),
                *(
                    (
                        kind,
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="hand_overs",
                            to=model,
                        ),
                    )
                    for kind, model in (
                        ("message", "feedback.message"),
                        ("priority", "priorities.priority"),
                        ("action", "priorities.action"),
                    )
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hand_overs",
                        to="teams.member",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        name="posthandover_of_exactly_one_thing",
                        condition=Q(
                            message__isnull=False, priority__isnull=True, action__isnull=True
                        )
                        | Q(message__isnull=True, priority__isnull=False, action__isnull=True)
                        | Q(message__isnull=True, priority__isnull=True, action__isnull=False),
                    ),
                    *(
                        models.UniqueConstraint(
                            name=f"posthandover_{kind}_once",
                            fields=[kind, "changed_on"],
                            condition=Q(**{f"{kind}__isnull": False}),
                        )
                        for kind in ("message", "priority", "action")
                    ),
                ],
            },
        ),
    ]
