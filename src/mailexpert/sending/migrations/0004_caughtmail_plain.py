from django.db import migrations


class Migration(migrations.Migration):
    """A caught mail is read once or never; compressing each took four times the work of storing it."""

    dependencies = [("sending", "0003_under_way")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE sending_caughtmail ALTER COLUMN raw SET STORAGE EXTERNAL",
            "ALTER TABLE sending_caughtmail ALTER COLUMN raw SET STORAGE EXTENDED",
        )
    ]
