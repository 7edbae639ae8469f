-- Cuts a mailing's audience into shards of 1,000 in one statement; returns nothing, the row count is the shards.
-- Each person once: whoever is on one of the lists with a standing ground, on none of the excluded ones, not frozen
-- and not suppressed. A shard holds people of one receiving provider, so that a slow one blocks only its own; the
-- 30 largest groups stand alone, from 20 people on, the rest shares ''. Relays take turns, as often as they weigh.
-- Domains that were never looked up are noted for the job that asks DNS.
-- Where the account chose segments, their condition (contacts/rules/sql.py) stands in the place of the mark.
-- While versions are tried the audience is divided over several issues (cut_division.sql, in the place of its mark).
-- 0.86 M people: 2.5 to 3 s; a window per shard and `exists` beat a join with DISTINCT.
WITH people AS MATERIALIZED (
    SELECT c.id, split_part(c.email_key, '@', -1) AS domain
    FROM contacts_contact c
    WHERE c.account_id = %(account)s
      AND c.status = 1
      AND /* segments */ true
      AND EXISTS (
          SELECT 1 FROM contacts_membership m
          WHERE m.account_id = %(account)s AND m.contact_id = c.id AND m.list_id = ANY(%(lists)s)
            AND m.ended_at IS NULL AND m.ground <> 'unknown')
      AND NOT EXISTS (
          SELECT 1 FROM contacts_membership m
          WHERE m.account_id = %(account)s AND m.contact_id = c.id AND m.list_id = ANY(%(excluded)s)
            AND m.ended_at IS NULL)
      AND NOT EXISTS (
          SELECT 1 FROM sending_suppression s
          WHERE s.account_id = %(account)s AND s.email_key = c.email_key)
),
domains AS MATERIALIZED (
    SELECT d.domain, coalesce(known.provider, looked_up.provider, '') AS provider, d.people,
           known.domain IS NULL AND (looked_up.domain IS NULL OR looked_up.needed_at < now() - interval '7 days')
               AS to_note
    FROM (SELECT domain, count(*) AS people FROM people GROUP BY domain) d
    LEFT JOIN unnest(%(domains)s::text[], %(providers)s::text[]) AS known (domain, provider)
           ON known.domain = d.domain
    LEFT JOIN sending_maildomain looked_up ON looked_up.domain = d.domain
),
noted AS (
    INSERT INTO sending_maildomain (domain)
    SELECT domain FROM domains WHERE to_note
    ON CONFLICT (domain) DO UPDATE SET needed_at = now()
),
lanes AS (
    SELECT provider FROM domains WHERE provider <> ''
    GROUP BY provider HAVING sum(people) >= 20
    ORDER BY sum(people) DESC, provider LIMIT 30
),
divided AS (
    /* division */ SELECT id, domain, %(issue)s::bigint AS issue, now() AS not_before FROM people
),
placed AS (
    SELECT p.id, p.issue, p.not_before, coalesce(l.provider, '') AS lane,
           (row_number() OVER (PARTITION BY p.issue, coalesce(l.provider, '') ORDER BY p.id) - 1) / 1000 AS part
    FROM divided p
    JOIN domains d ON d.domain = p.domain
    LEFT JOIN lanes l ON l.provider = d.provider
),
shards AS (
    SELECT issue, not_before, lane, row_number() OVER (PARTITION BY issue ORDER BY part, lane) - 1 AS n,
           array_agg(id ORDER BY id) AS ids
    FROM placed GROUP BY issue, not_before, lane, part
)
INSERT INTO sending_shard
    (account_id, issue_id, n, contact_ids, relay_id, lane, not_before, upto, epoch, state, sent, failed, skipped)
SELECT %(account)s, issue, n, ids,
       (%(relays)s::bigint[])[1 + (n %% cardinality(%(relays)s::bigint[]))::int], lane, not_before, 0, 0, 0, 0, 0, 0
FROM shards
