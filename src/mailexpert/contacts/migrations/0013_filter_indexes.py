from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

CONTACT = ["account_id", "contact"]


class Migration(migrations.Migration):
    """Memberships are millions: nobody waits at the table while an index is made."""

    atomic = False

    dependencies = [
        ("contacts", "0012_signup_own_pages"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="membership",
            index=models.Index(
                fields=CONTACT,
                condition=models.Q(("ended_at__isnull", False)),
                name="contacts_membership_ended",
            ),
        ),
        AddIndexConcurrently(
            model_name="membership",
            index=models.Index(
                fields=CONTACT,
                condition=models.Q(("ended_at__isnull", True), ("ground", "unknown")),
                name="contacts_membership_unknown",
            ),
        ),
    ]
