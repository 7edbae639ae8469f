from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0020_evidence_of_files"),
    ]

    operations = [
        migrations.AddField(
            model_name="silence",
            name="signup_days",
            field=models.PositiveSmallIntegerField(db_default=14, default=14),
        ),
    ]
