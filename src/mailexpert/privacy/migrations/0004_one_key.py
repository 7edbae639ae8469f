from django.db import migrations


class Migration(migrations.Migration):
    """The key of a line is (account_id, id), made by the wall; one index less for a ledger that only grows."""

    dependencies = [("privacy", "0003_act_words")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE privacy_consent DROP CONSTRAINT privacy_consent_pkey",
            "ALTER TABLE privacy_consent ADD CONSTRAINT privacy_consent_pkey PRIMARY KEY (id)",
        )
    ]
