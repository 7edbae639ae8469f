from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sending", "0007_erased_reason")]

    operations = [
        migrations.AddField(
            model_name="retry", name="first_tried", field=models.DateTimeField(blank=True, null=True)
        ),
    ]
