from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0015_bulk_in_pieces"),
    ]

    operations = [
        migrations.AddField(
            model_name="event",
            name="former_id",
            field=models.BigIntegerField(blank=True, null=True),
        ),
    ]
