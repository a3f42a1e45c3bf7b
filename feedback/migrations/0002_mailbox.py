from django.db import migrations, models
from django.db.models.functions import Lower


def fill_mailbox(apps, schema_editor):
    """By the plain spelling: it is compared for a day only."""
    apps.get_model("feedback", "ContactDetails").objects.update(mailbox=Lower("email"))


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="contactdetails",
            name="mailbox",
            field=models.CharField(default="", max_length=318),
            preserve_default=False,
        ),
        migrations.RunPython(fill_mailbox, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="contactdetails",
            index=models.Index(fields=["mailbox"], name="contactdetails_mailbox"),
        ),
        migrations.AddConstraint(
            model_name="contactdetails",
            constraint=models.CheckConstraint(
                condition=models.Q(("mailbox", ""), _negated=True),
                name="contactdetails_has_mailbox",
            ),
        ),
    ]
