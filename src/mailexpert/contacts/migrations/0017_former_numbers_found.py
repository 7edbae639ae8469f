from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Timelines are millions of lines: nobody waits while an index is made."""

    atomic = False

    dependencies = [
        ("contacts", "0016_former_numbers"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="event",
            index=models.Index(
                fields=["account_id", "former_id"],
                condition=models.Q(("former_id__isnull", False)),
                name="contacts_event_former",
            ),
        ),
    ]
