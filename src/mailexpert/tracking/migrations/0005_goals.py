"""Goals, and conversions of every account. Registrations that came of the operator's advertising move into the same
table, under its account; whose they were stands apart, in a table that rests on consent."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import mailexpert.core.models
import mailexpert.core.scope
import mailexpert.tracking.models_goals

SET_ASIDE = """
CREATE TABLE tracking_conversion_before AS SELECT * FROM tracking_conversion;
"""
CARRY_OVER = """
WITH moved AS (
    INSERT INTO tracking_conversion (account_id, id, at, via, channel, source, campaign, keyword)
    SELECT o.id, b.id, b.at, 'registration', 2, b.source, b.campaign, b.keyword
    FROM tracking_conversion_before b CROSS JOIN (SELECT id FROM accounts_account WHERE slug = 'operator') o
    RETURNING account_id, id
)
INSERT INTO tracking_conversionlink (account_id, conversion_id, at, customer_account_id, click_id, choice)
SELECT m.account_id, m.id, b.at, b.customer_account_id, b.click_id, b.choice
FROM moved m JOIN tracking_conversion_before b USING (id);
SELECT setval(pg_get_serial_sequence('tracking_conversion', 'id'), max(id)) FROM tracking_conversion;
DROP TABLE tracking_conversion_before;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tracking', '0004_a_rule_for_crowds'),
        ('accounts', '0007_sites'),
    ]

    operations = [
        migrations.RunSQL(SET_ASIDE, 'DROP TABLE tracking_conversion_before'),
        migrations.DeleteModel(name='Conversion'),
        migrations.CreateModel(
            name='Goal',
            fields=[
                ('account_id', models.BigIntegerField(default=mailexpert.core.scope.current_account, editable=False)),
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100)),
                ('kind', models.CharField(choices=[('page', 'A page is reached'), ('event', 'Something happens on a page'), ('value', 'An order or gift, with its amount')], max_length=5)),
                ('pattern', models.CharField(blank=True, max_length=300)),
                ('event', models.CharField(blank=True, max_length=50)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(condition=models.Q(('archived_at', None), models.Q(('event', ''), _negated=True)), fields=('account_id', 'event'), name='tracking_goal_event_once')],
            },
        ),
        migrations.CreateModel(
            name='Conversion',
            fields=[
                ('account_id', models.BigIntegerField(default=mailexpert.core.scope.current_account, editable=False)),
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('via', models.CharField(choices=[('page', 'Page'), ('api', 'Api'), ('registration', 'Registration')], db_default='page', default='page', max_length=12)),
                ('channel', models.SmallIntegerField(choices=[(0, 'Neither'), (1, 'Mail'), (2, 'Advertising')], db_default=0, default=0)),
                ('issue_id', models.BigIntegerField(blank=True, null=True)),
                ('link', models.SmallIntegerField(blank=True, null=True)),
                ('source', models.CharField(blank=True, db_default='', max_length=100)),
                ('medium', models.CharField(blank=True, db_default='', max_length=100)),
                ('campaign', models.CharField(blank=True, db_default='', max_length=200)),
                ('keyword', models.CharField(blank=True, db_default='', max_length=200)),
                ('n', models.IntegerField(db_default=1, default=1)),
                ('cents', models.BigIntegerField(db_default=0, default=0)),
                ('first_cents', models.BigIntegerField(db_default=0, default=0)),
                ('currency', models.CharField(blank=True, db_default='', max_length=3)),
                ('order_key', models.CharField(blank=True, db_default='', max_length=40)),
                ('goal', mailexpert.core.models.AccountForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tracking.goal')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='GoalDay',
            fields=[
                ('account_id', models.BigIntegerField(default=mailexpert.core.scope.current_account, editable=False)),
                ('pk', models.CompositePrimaryKey('account_id', 'day', 'goal_id', 'channel', 'issue_id', 'source', 'medium', 'campaign', 'currency', blank=True, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('goal_id', models.BigIntegerField()),
                ('channel', models.SmallIntegerField(choices=[(0, 'Neither'), (1, 'Mail'), (2, 'Advertising')])),
                ('issue_id', models.BigIntegerField()),
                ('source', models.CharField(max_length=100)),
                ('medium', models.CharField(max_length=100)),
                ('campaign', models.CharField(max_length=200)),
                ('currency', models.CharField(max_length=3)),
                ('n', models.BigIntegerField()),
                ('cents', models.BigIntegerField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['account_id', 'issue_id'], name='tracking_goalday_issue')],
            },
        ),
        migrations.CreateModel(
            name='SiteMeasuring',
            fields=[
                ('account_id', models.BigIntegerField(default=mailexpert.core.scope.current_account, editable=False)),
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('key', models.CharField(default=mailexpert.tracking.models_goals.new_key, max_length=20, unique=True)),
                ('window_days', models.PositiveSmallIntegerField(default=7)),
                ('utm', models.BooleanField(default=False)),
                ('utm_source', models.CharField(default='mailexpert', max_length=100)),
                ('utm_medium', models.CharField(default='email', max_length=100)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('account_id',), name='tracking_sites_once')],
            },
        ),
        migrations.CreateModel(
            name='SiteSeen',
            fields=[
                ('account_id', models.BigIntegerField(default=mailexpert.core.scope.current_account, editable=False)),
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('host', models.CharField(max_length=253)),
                ('seen_at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('account_id', 'host'), name='tracking_seen_once')],
            },
        ),
        migrations.CreateModel(
            name='ConversionLink',
            fields=[
                ('account_id', models.BigIntegerField(default=mailexpert.core.scope.current_account, editable=False)),
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('contact_id', models.BigIntegerField(blank=True, null=True)),
                ('customer_account_id', models.BigIntegerField(blank=True, null=True)),
                ('click_id', models.CharField(blank=True, db_default='', max_length=200)),
                ('choice', models.CharField(blank=True, db_default='', max_length=40)),
                ('conversion', mailexpert.core.models.AccountForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='tracking.conversion')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['account_id', 'contact_id'], name='tracking_link_contact')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('click_id', ''), _negated=True), fields=('account_id', 'click_id'), name='tracking_click_once')],
            },
        ),
        migrations.AddIndex(
            model_name='conversion',
            index=models.Index(fields=['at'], name='tracking_conversion_at'),
        ),
        migrations.AddConstraint(
            model_name='conversion',
            constraint=models.UniqueConstraint(condition=models.Q(('order_key', ''), _negated=True), fields=('account_id', 'order_key'), name='tracking_order_once'),
        ),
        migrations.AddConstraint(
            model_name='conversion',
            constraint=models.CheckConstraint(condition=models.Q(('cents__gte', 0), ('n__gte', 0)), name='tracking_conversion_not_below_nothing'),
        ),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
    ]
