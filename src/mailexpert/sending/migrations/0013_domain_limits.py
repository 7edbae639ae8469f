from django.db import migrations, models

import mailexpert.core.scope


class Migration(migrations.Migration):

    dependencies = [
        ('sending', '0012_complaints'),
    ]

    operations = [
        migrations.CreateModel(
            name='DomainLimit',
            fields=[
                ('account_id', models.BigIntegerField(default=mailexpert.core.scope.current_account, editable=False)),
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('domain', models.CharField(max_length=253)),
                ('per_hour', models.PositiveIntegerField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('account_id', 'domain'), name='sending_domainlimit_once')],
            },
        ),
    ]
