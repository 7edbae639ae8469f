from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0018_ended_by_complaint"),
    ]

    operations = [
        migrations.AddField(
            model_name="signupform",
            name="privacy_version",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
    ]
