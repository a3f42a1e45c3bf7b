import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("priorities", "0002_round_boundary_set"),
    ]

    operations = [
        migrations.AddField(
            model_name="action",
            name="added_at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
    ]
