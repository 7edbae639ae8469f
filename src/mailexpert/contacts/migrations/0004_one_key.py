from django.db import migrations


class Migration(migrations.Migration):
    """The key of a contact is (account_id, id), made by the wall. A second index on the number alone costs every
    import, and misled the planner: for the newest of one account it walked over the newest of all others."""

    dependencies = [("contacts", "0003_import_words")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE contacts_contact DROP CONSTRAINT contacts_contact_pkey",
            "ALTER TABLE contacts_contact ADD CONSTRAINT contacts_contact_pkey PRIMARY KEY (id)",
        )
    ]
