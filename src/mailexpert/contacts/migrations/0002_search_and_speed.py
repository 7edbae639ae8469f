import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.expressions
import mailexpert.contacts.models
import mailexpert.core.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE contacts_membership DROP CONSTRAINT IF EXISTS contacts_membership_contact_id_wall_fk;
            ALTER TABLE contacts_membership DROP CONSTRAINT IF EXISTS contacts_membership_list_id_wall_fk;
            ALTER TABLE contacts_contact DROP CONSTRAINT IF EXISTS contacts_contact_account_fk;
            """,
            migrations.RunSQL.noop,
        ),
        migrations.RemoveConstraint(
            model_name='contact',
            name='contacts_contact_once',
        ),
        migrations.AddField(
            model_name='contact',
            name='words',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.expressions.RawSQL("array_to_tsvector(string_to_array(account_id::text || '/' || replace(\nlower(left(first_name || ' ' || last_name, 400)), ' ', ' ' || account_id::text || '/'), ' '))", []), output_field=django.contrib.postgres.search.SearchVectorField()),
        ),
        migrations.AlterField(
            model_name='import',
            name='mapping',
            field=models.JSONField(default=mailexpert.contacts.models.no_columns),
        ),
        migrations.AlterField(
            model_name='membership',
            name='contact',
            field=mailexpert.core.models.AccountForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='memberships', to='contacts.contact'),
        ),
        migrations.AlterField(
            model_name='membership',
            name='list',
            field=mailexpert.core.models.AccountForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='memberships', to='contacts.list'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=django.contrib.postgres.indexes.GinIndex(fields=['words'], name='contacts_contact_words'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.UniqueConstraint(fields=('account_id', 'email_key'), name='contacts_contact_once', opclasses=['int8_ops', 'text_pattern_ops']),
        ),
    ]
