import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("neighbourhoods", "0005_councils")]

    operations = [
        migrations.AlterField(
            model_name="postcodematch",
            name="postcode",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="matches",
                to="neighbourhoods.postcode",
            ),
        ),
    ]
