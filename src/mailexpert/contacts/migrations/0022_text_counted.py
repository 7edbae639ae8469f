from typing import Any

from django.db import migrations

INDEXED = "SELECT substr(relname, 17) FROM pg_class WHERE relname ~ '^contacts_active_(t[0-9]+|(first|last)_name)$'"


def count_text(apps: Any, schema_editor: Any) -> None:
    """Text that was indexed before the planner was told what it holds (slots.py)."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(INDEXED)
        for (column,) in cursor.fetchall():
            cursor.execute(
                f"CREATE STATISTICS IF NOT EXISTS contacts_lower_{column} "
                f"ON lower({column}) FROM contacts_contact"
            )


class Migration(migrations.Migration):
    """The next ANALYZE, of the server's own, fills them."""

    dependencies = [
        ("contacts", "0021_signups_kept_shorter"),
    ]

    operations = [
        migrations.RunPython(count_text, migrations.RunPython.noop, elidable=True),
    ]
