from django.db import migrations

SHARDS = """
ALTER TABLE sending_shard ALTER COLUMN contact_ids SET STORAGE EXTERNAL;
ALTER TABLE sending_shard SET (fillfactor = 60);
ALTER TABLE sending_retry SET (fillfactor = 70);
"""


class Migration(migrations.Migration):
    """A shard's row is updated for every window: keep its ids aside and leave room on the page."""

    dependencies = [("sending", "0001_initial")]

    operations = [migrations.RunSQL(SHARDS, migrations.RunSQL.noop)]
