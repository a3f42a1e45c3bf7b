from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("neighbourhoods", "0004_areas_and_successions"),
    ]

    operations = [
        migrations.AddField(
            model_name="postcode",
            name="council_code",
            field=models.CharField(blank=True, max_length=9),
        ),
        migrations.CreateModel(
            name="Council",
            fields=[
                ("code", models.CharField(max_length=9, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
                ("name_cy", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[ENSW][0-9]{8}$")),
                        name="council_code_is_of_the_ons",
                    )
                ],
            },
        ),
    ]
