from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("neighbourhoods", "0010_postcodes_beside")]

    operations = [
        migrations.AddField(
            model_name="boundary",
            name="name",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="boundary",
            name="name_cy",
            field=models.CharField(blank=True, max_length=200),
        ),
    ]
