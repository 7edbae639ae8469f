from django.db import migrations, models

CONTACT = ["account_id", "contact"]


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0012_signup_own_pages"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                fields=CONTACT,
                condition=models.Q(("ended_at__isnull", False)),
                name="contacts_membership_ended",
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                fields=CONTACT,
                condition=models.Q(("ended_at__isnull", True), ("ground", "unknown")),
                name="contacts_membership_unknown",
            ),
        ),
    ]
