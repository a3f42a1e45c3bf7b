from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("neighbourhoods", "0007_neighbourhoods_that_wait")]

    operations = [
        migrations.AddField(
            model_name="following",
            name="asked_postcode",
            field=models.CharField(blank=True, max_length=7),
        ),
    ]
