from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0019_notice_version"),
    ]

    operations = [
        migrations.AddField(
            model_name="import",
            name="file_hash",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="import",
            name="is_declared",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
