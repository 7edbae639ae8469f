from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """A link is made every minute: nobody waits while an index is made."""

    atomic = False

    dependencies = [
        ("privacy", "0014_request_words"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="link",
            index=models.Index(fields=["account_id", "last_id"], name="privacy_link_last"),
        ),
    ]
