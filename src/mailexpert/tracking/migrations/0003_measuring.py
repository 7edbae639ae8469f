"""Events and trails by month, and the roll-ups made of them; what was counted so far becomes events.

A collector of the version before can't count while this runs: its files wait on the disk, and the new one counts them."""

import django.db.models.functions.datetime
import mailexpert.core.scope
from django.db import migrations, models

MAKE_MONTH = """
CREATE OR REPLACE FUNCTION tracking_make_month(parent text, moment timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    first timestamp := date_trunc('month', moment AT TIME ZONE 'UTC');
    name text := parent || to_char(first, '_YYYY_MM');
BEGIN
    IF to_regclass(name) IS NULL THEN
        EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                       name, parent, first::text || '+00', (first + interval '1 month')::text || '+00');
        -- The way in is the parent, whose policy is the wall; a month itself opens for its owner alone.
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    END IF;
EXCEPTION WHEN duplicate_table THEN NULL; -- another process made it at this moment
END $$;
"""
TABLES = """
CREATE TABLE tracking_event (
    account_id bigint NOT NULL, issue_id bigint NOT NULL, link smallint NOT NULL, kind smallint NOT NULL,
    at timestamptz NOT NULL, device smallint NOT NULL, provider text NOT NULL, country text NOT NULL,
    rule smallint NOT NULL, n integer NOT NULL
) PARTITION BY RANGE (at);
-- Read by the rebuilding of an issue's roll-ups.
CREATE INDEX tracking_event_of_issue ON tracking_event (account_id, issue_id);
CREATE TABLE tracking_trail (
    account_id bigint NOT NULL, contact_id bigint NOT NULL, issue_id bigint NOT NULL, link smallint NOT NULL,
    kind smallint NOT NULL, at timestamptz NOT NULL,
    PRIMARY KEY (account_id, contact_id, issue_id, link, kind, at)
) PARTITION BY RANGE (at);
SELECT tracking_make_month(t.name, m.first)
FROM (VALUES ('tracking_event'), ('tracking_trail')) AS t (name),
     generate_series(timestamptz '2026-10-01 00:00+00', now() + interval '2 months', interval '1 month') AS m (first);
"""
CARRY_OVER = """
SELECT tracking_make_month('tracking_event', m.hour)
FROM (SELECT DISTINCT date_trunc('month', hour AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS hour FROM tracking_tally) m;
INSERT INTO tracking_event (account_id, issue_id, link, kind, at, device, provider, country, rule, n)
SELECT account_id, issue_id, link, kind, hour, 0, '', '', CASE WHEN kind > 2 THEN 1 ELSE 0 END, n FROM tracking_tally;
INSERT INTO tracking_rollup (account_id, issue_id, by, value, kind, n)
SELECT e.account_id, e.issue_id, p.by, p.value, e.kind, sum(e.n)
FROM tracking_event e
CROSS JOIN LATERAL (VALUES
    (0, ''), (1, e.link::text), (2, extract(epoch FROM e.at)::bigint::text), (6, nullif(e.rule, 0)::text)
    ) AS p (by, value)
WHERE p.value IS NOT NULL
GROUP BY e.account_id, e.issue_id, p.by, p.value, e.kind;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tracking', '0002_visits'),
    ]

    operations = [
        migrations.RunSQL(MAKE_MONTH, 'DROP FUNCTION tracking_make_month'),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(TABLES, 'DROP TABLE tracking_event, tracking_trail'),
            ],
            state_operations=[
                migrations.CreateModel(
                    name='Event',
                    fields=[
                        ('account_id', models.BigIntegerField(default=mailexpert.core.scope.current_account, editable=False)),
                        ('pk', models.CompositePrimaryKey('account_id', 'issue_id', 'link', 'kind', 'at', 'device', 'provider', 'country', 'rule', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('issue_id', models.BigIntegerField()),
                        ('link', models.SmallIntegerField()),
                        ('kind', models.SmallIntegerField(choices=[(1, 'Opened'), (2, 'Clicked'), (3, 'Opened by a machine'), (4, 'Clicked by a machine')])),
                        ('at', models.DateTimeField()),
                        ('device', models.SmallIntegerField(choices=[(0, 'Unknown'), (1, 'Phone'), (2, 'Tablet'), (3, 'Computer')])),
                        ('provider', models.TextField()),
                        ('country', models.TextField()),
                        ('rule', models.SmallIntegerField(choices=[(0, 'A person'), (1, 'A program that says so'), (2, 'Gmail’s image proxy'), (3, 'Yahoo’s image proxy'), (4, 'Apple’s Mail Privacy Protection'), (5, 'Another image proxy'), (6, 'A security scanner that says so'), (7, 'A preview in a chat or search engine'), (8, 'From a network of scanners'), (9, 'Fetched before anybody asked'), (10, 'Followed a link that nobody can see'), (11, 'Several links within a second'), (12, 'The links one after the other, in their order'), (13, 'Asked for the head of a page first'), (14, 'Within seconds after delivery'), (15, 'The same link again and again')])),
                        ('n', models.IntegerField()),
                    ],
                    options={
                        'abstract': False,
                        'base_manager_name': 'objects',
                        'default_manager_name': 'objects',
                    },
                ),
                migrations.CreateModel(
                    name='Trail',
                    fields=[
                        ('account_id', models.BigIntegerField(default=mailexpert.core.scope.current_account, editable=False)),
                        ('pk', models.CompositePrimaryKey('account_id', 'contact_id', 'issue_id', 'link', 'kind', 'at', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('contact_id', models.BigIntegerField()),
                        ('issue_id', models.BigIntegerField()),
                        ('link', models.SmallIntegerField()),
                        ('kind', models.SmallIntegerField(choices=[(1, 'Opened'), (2, 'Clicked'), (3, 'Opened by a machine'), (4, 'Clicked by a machine')])),
                        ('at', models.DateTimeField()),
                    ],
                    options={
                        'abstract': False,
                        'base_manager_name': 'objects',
                        'default_manager_name': 'objects',
                    },
                ),
            ],
        ),
        migrations.CreateModel(
            name='Measuring',
            fields=[
                ('account_id', models.BigIntegerField(default=mailexpert.core.scope.current_account, editable=False)),
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('highest', models.CharField(choices=[('none', 'Nothing'), ('aggregate', 'Clicks, added up'), ('last_active', 'Clicks, added up, and the last day that someone was active'), ('individual', 'Who clicked what, of people who agreed to that')], default='aggregate', max_length=20)),
                ('opens', models.BooleanField(default=False)),
                ('assessment', models.TextField(blank=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='PixelsOff',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='Rollup',
            fields=[
                ('account_id', models.BigIntegerField(default=mailexpert.core.scope.current_account, editable=False)),
                ('pk', models.CompositePrimaryKey('account_id', 'issue_id', 'by', 'value', 'kind', blank=True, editable=False, primary_key=True, serialize=False)),
                ('issue_id', models.BigIntegerField()),
                ('by', models.SmallIntegerField(choices=[(0, 'Total'), (1, 'Link'), (2, 'Hour'), (3, 'Device'), (4, 'Provider'), (5, 'Country'), (6, 'Rule')])),
                ('value', models.TextField()),
                ('kind', models.SmallIntegerField(choices=[(1, 'Opened'), (2, 'Clicked'), (3, 'Opened by a machine'), (4, 'Clicked by a machine')])),
                ('n', models.BigIntegerField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
            },
        ),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
        migrations.DeleteModel(
            name='Tally',
        ),
        migrations.AddConstraint(
            model_name='measuring',
            constraint=models.UniqueConstraint(fields=('account_id',), name='tracking_measuring_once'),
        ),
    ]
