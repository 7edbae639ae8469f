-- Every statement of the intake, by name. They run as the owner, beside the wall between accounts; each finds the
-- account through the issue that a signed token named, never through anything that a request says.

-- name: issues
-- Some issues: whose, their link tables, what is measured, until when. An issue never changes once it is frozen, so what
-- was read stays right.
SELECT id, account_id, links, tracking,
       coalesce(extract(epoch FROM started_at + make_interval(days => %(days)s)), 'infinity')::float8
FROM sending_issue WHERE id = ANY(%(ids)s)

-- name: pixels
-- The accounts whose counting pictures count. Asked every second by each process; few rows are in either table.
SELECT account_id FROM tracking_measuring
WHERE opens AND highest <> 'none' AND NOT EXISTS (SELECT 1 FROM tracking_pixelsoff)

-- name: known
SELECT id FROM sending_issue WHERE id = ANY(%(ids)s)

-- name: lock_stops
-- Two stops of the same person at the same instant must not both find that there is none yet.
SELECT pg_advisory_xact_lock(7883627)

-- name: stop
-- Records stops and ends the memberships they are about, for many people at once; returns nothing. A person who
-- stopped an issue before gets no second row; a membership that began again since is ended again, but not by a stop
-- that was asked before it began (clocks may differ a minute). A proof (kind 2) carries the token of the contact it
-- was made for but lies in the author's mailbox, so it stops nothing. A contact that was merged into another one
-- stops for that one: it is the same person.
WITH asked AS (
    SELECT DISTINCT ON (i.account_id, a.issue_id, p.contact_id)
           i.account_id, a.issue_id, p.contact_id, a.via, coalesce(a.at, now()) AS at, i.list_ids
    FROM unnest(%(issues)s::bigint[], %(contacts)s::bigint[], %(vias)s::smallint[], %(times)s::timestamptz[])
         AS a (issue_id, contact_id, via, at)
    JOIN sending_issue i ON i.id = a.issue_id AND i.kind = 1
    CROSS JOIN LATERAL (
        SELECT coalesce((SELECT e.contact_id FROM contacts_event e
                         WHERE e.account_id = i.account_id AND e.former_id = a.contact_id LIMIT 1),
                        a.contact_id) AS contact_id) p
    ORDER BY i.account_id, a.issue_id, p.contact_id, a.at
),
recorded AS (
    INSERT INTO sending_stop (account_id, issue_id, contact_id, via, at)
    SELECT account_id, issue_id, contact_id, via, at FROM asked
    WHERE NOT EXISTS (
        SELECT 1 FROM sending_stop s
        WHERE s.account_id = asked.account_id AND s.issue_id = asked.issue_id
          AND s.contact_id = asked.contact_id)
),
ended AS (
    UPDATE contacts_membership m SET ended_at = asked.at, ended_by = asked.via
    FROM asked
    WHERE m.account_id = asked.account_id AND m.contact_id = asked.contact_id
      AND m.list_id = ANY(asked.list_ids) AND m.ended_at IS NULL
      AND m.since <= asked.at + interval '1 minute'
    RETURNING m.account_id, m.list_id, m.contact_id, m.ground, m.ended_at, asked.issue_id, asked.via
)
SELECT e.account_id, e.list_id, e.contact_id, e.issue_id, e.ground, e.ended_at, l.purpose, c.email_key, e.via
FROM ended e
JOIN contacts_list l ON l.account_id = e.account_id AND l.id = e.list_id
JOIN contacts_contact c ON c.account_id = e.account_id AND c.id = e.contact_id

-- name: consent_ended
-- One line in the ledger of consent for each membership that ended.
INSERT INTO privacy_consent (account_id, list_id, contact_id, issue_id, ground, at, purpose, person, act, source)
VALUES (%(account)s, %(list)s, %(contact)s, %(issue)s, %(ground)s, %(at)s, %(purpose)s, %(person)s, 2, %(source)s)

-- name: take_file
-- No row back: this file has been counted before.
INSERT INTO tracking_hitfile (name) VALUES (%(name)s) ON CONFLICT DO NOTHING RETURNING name

-- name: visits
-- One row for each page that was looked at. A visit whose page gives no consent names no visitor.
INSERT INTO tracking_visit (at, page, seconds, source, browser, system, width, height, ip, network, search, visitor)
VALUES (to_timestamp(%(at)s), %(page)s, %(seconds)s, %(source)s, %(browser)s, %(system)s, %(width)s, %(height)s,
        %(ip)s, %(network)s, %(search)s, %(visitor)s)

-- name: clock
SELECT extract(epoch FROM clock_timestamp())::float8

-- name: month
-- Makes the part of a month where it isn't there yet (tracking/migrations/0003).
SELECT tracking_make_month(parent, to_timestamp(%(at)s)) FROM unnest(%(parents)s::text[]) AS parent

-- name: people
-- Of hits that name a person: whose trail or day may be stored. Asked when it is stored, so that a withdrawal also
-- holds for mails sent before. `individual` wants an agreement that stands; `last_active` wants that there was no refusal.
-- Returns issue, contact, mode, provider, and when it was delivered (seconds since 1970).
SELECT i.id, c.id, i.tracking, coalesce(d.provider, ''),
       (SELECT extract(epoch FROM max(l.at))::float8 FROM sending_delivery l
        WHERE l.issue_id = i.id AND l.contact_id = c.id AND l.outcome = 1)
FROM unnest(%(issues)s::bigint[], %(contacts)s::bigint[]) AS h (issue_id, contact_id)
JOIN sending_issue i ON i.id = h.issue_id AND i.tracking IN ('last_active', 'individual') AND i.kind = 1
JOIN tracking_measuring m ON m.account_id = i.account_id
 AND (m.highest = 'individual' OR m.highest = 'last_active' AND i.tracking = 'last_active')
JOIN contacts_contact c ON c.account_id = i.account_id AND c.id = h.contact_id AND c.status = 1
LEFT JOIN sending_maildomain d ON i.tracking = 'individual' AND d.domain = split_part(c.email_key, '@', 2)
CROSS JOIN LATERAL (
    SELECT (SELECT x.act FROM privacy_consent x
            WHERE x.account_id = i.account_id AND x.contact_id = c.id
              AND (x.purpose = 'individual_measurement' OR x.act IN (3, 5))
            ORDER BY x.id DESC LIMIT 1) AS act) AS said
WHERE CASE i.tracking WHEN 'individual' THEN said.act = 1 ELSE coalesce(said.act = 1, true) END

-- name: count
-- Stores the sums of some files as events and adds them to the roll-ups; the same list of properties as in
-- tracking/sql/rebuild.sql. Only what the issue and its account measure now: a switch that was turned since holds for
-- old mails too. Which five minutes of its hour a hit came in is kept for the first twelve hours of a mailing. Sorted, so that two collectors that add to the same rows wait for each other instead of in a ring.
WITH hit AS MATERIALIZED (
    SELECT i.account_id, h.*, to_timestamp(h.hour * 3600) AS at,
           CASE WHEN to_timestamp(h.hour * 3600 + h.fives * 300) < i.started_at + interval '12 hours'
                THEN h.fives END AS part
    FROM unnest(%(issues)s::bigint[], %(links)s::smallint[], %(kinds)s::smallint[], %(hours)s::bigint[],
                %(parts)s::smallint[], %(devices)s::smallint[], %(providers)s::text[], %(countries)s::text[], %(rules)s::smallint[],
                %(sums)s::int[])
         AS h (issue_id, link, kind, hour, fives, device, provider, country, rule, n)
    JOIN sending_issue i ON i.id = h.issue_id
    LEFT JOIN tracking_measuring m ON m.account_id = i.account_id
    WHERE i.tracking <> 'none' AND coalesce(m.highest, 'aggregate') <> 'none'
      AND (i.started_at IS NULL OR to_timestamp(h.hour * 3600) <= i.started_at + make_interval(days => %(days)s))
      AND (h.kind IN (2, 4) OR m.opens AND NOT EXISTS (SELECT 1 FROM tracking_pixelsoff))
),
stored AS (
    INSERT INTO tracking_event (account_id, issue_id, link, kind, at, part, device, provider, country, rule, n)
    SELECT account_id, issue_id, link, kind, at, part, device, provider, country, rule, n FROM hit
)
INSERT INTO tracking_rollup AS t (account_id, issue_id, by, value, kind, n)
SELECT h.account_id, h.issue_id, p.by, p.value, h.kind, sum(h.n)
FROM hit h
CROSS JOIN LATERAL (VALUES
    (0, ''), (1, h.link::text), (2, (h.hour * 3600)::text), (3, nullif(h.device, 0)::text),
    (4, nullif(h.provider, '')), (5, nullif(h.country, '')), (6, nullif(h.rule, 0)::text),
    (7, (h.hour * 3600 + h.part * 300)::text)) AS p (by, value)
WHERE p.value IS NOT NULL
GROUP BY h.account_id, h.issue_id, p.by, p.value, h.kind
ORDER BY 1, 2, 3, 4, 5
ON CONFLICT (account_id, issue_id, by, value, kind) DO UPDATE SET n = t.n + excluded.n

-- name: trail
-- What people who agreed did. The same click twice in a second is one.
INSERT INTO tracking_trail (account_id, contact_id, issue_id, link, kind, at)
SELECT i.account_id, h.contact_id, h.issue_id, h.link, h.kind, to_timestamp(h.at)
FROM unnest(%(issues)s::bigint[], %(contacts)s::bigint[], %(links)s::smallint[], %(kinds)s::smallint[], %(ats)s::bigint[])
     AS h (issue_id, contact_id, link, kind, at)
JOIN sending_issue i ON i.id = h.issue_id
LEFT JOIN tracking_measuring m ON m.account_id = i.account_id
WHERE (i.started_at IS NULL OR to_timestamp(h.at) <= i.started_at + make_interval(days => %(days)s))
  AND (h.kind = 2 OR m.opens AND NOT EXISTS (SELECT 1 FROM tracking_pixelsoff))
ON CONFLICT DO NOTHING

-- name: days
-- The last day on which someone opened or clicked; one write a day, in the order of contacts.
WITH day AS (
    SELECT i.account_id, h.contact_id,
           max(to_timestamp(h.at) AT TIME ZONE 'UTC') FILTER (WHERE h.kind = 1)::date AS opened,
           max(to_timestamp(h.at) AT TIME ZONE 'UTC') FILTER (WHERE h.kind = 2)::date AS clicked
    FROM unnest(%(issues)s::bigint[], %(contacts)s::bigint[], %(kinds)s::smallint[], %(ats)s::bigint[])
         AS h (issue_id, contact_id, kind, at)
    JOIN sending_issue i ON i.id = h.issue_id
    LEFT JOIN tracking_measuring m ON m.account_id = i.account_id
    WHERE (i.started_at IS NULL OR to_timestamp(h.at) <= i.started_at + make_interval(days => %(days)s))
      AND (h.kind = 2 OR m.opens AND NOT EXISTS (SELECT 1 FROM tracking_pixelsoff))
    GROUP BY i.account_id, h.contact_id
),
turn AS (
    SELECT c.account_id, c.id, d.opened, d.clicked FROM contacts_contact c
    JOIN day d ON d.account_id = c.account_id AND d.contact_id = c.id
    WHERE c.last_open IS DISTINCT FROM greatest(c.last_open, d.opened)
       OR c.last_click IS DISTINCT FROM greatest(c.last_click, d.clicked)
    ORDER BY c.account_id, c.id FOR UPDATE OF c
)
UPDATE contacts_contact c
SET last_open = greatest(c.last_open, t.opened), last_click = greatest(c.last_click, t.clicked)
FROM turn t WHERE c.account_id = t.account_id AND c.id = t.id

-- name: forget_files
DELETE FROM tracking_hitfile WHERE taken_at < now() - make_interval(days => %(days)s)

-- name: sites
-- The keys of accounts that measure their sites, with the hosts that they have shown to be theirs.
SELECT m.key, m.account_id, array_agg(s.host)
FROM tracking_sitemeasuring m
JOIN accounts_site s ON s.account_id = m.account_id AND s.verified_at IS NOT NULL
GROUP BY m.key, m.account_id

-- name: goals
SELECT account_id, id, kind, pattern, event FROM tracking_goal
WHERE account_id = ANY(%(accounts)s) AND archived_at IS NULL ORDER BY id

-- name: windows
SELECT account_id, window_days FROM tracking_sitemeasuring WHERE account_id = ANY(%(accounts)s)

-- name: enough
-- Of some issues, those that conversions may be counted for: they measure, are no proofs, and went to so many people
-- that none of them can be found by it. Returns issue and account.
SELECT i.id, i.account_id FROM sending_issue i
LEFT JOIN tracking_measuring m ON m.account_id = i.account_id
WHERE i.id = ANY(%(ids)s) AND i.kind = 1 AND i.tracking <> 'none' AND coalesce(m.highest, 'aggregate') <> 'none'
  AND (SELECT coalesce(sum(s.size), 0) FROM sending_shard s
       WHERE s.account_id = i.account_id AND s.issue_id = i.id) >= %(least)s

-- name: convert
-- Stores conversions and adds them to their days. An order that stands there already adds nothing. Numbers are drawn
-- first, because what says whose it was refers to them; sorted, so that two collectors wait for each other in a row.
WITH told AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('tracking_conversion', 'id')) AS id, t.*, to_timestamp(t.hour * 3600) AS at
    FROM unnest(%(accounts)s::bigint[], %(goals)s::bigint[], %(hours)s::bigint[], %(channels)s::smallint[],
                %(issues)s::bigint[], %(links)s::int[], %(sources)s::text[], %(mediums)s::text[], %(campaigns)s::text[],
                %(currencies)s::text[], %(orders)s::text[], %(contacts)s::bigint[], %(ns)s::int[], %(cents)s::bigint[])
         AS t (account_id, goal_id, hour, channel, issue_id, link, source, medium, campaign, currency, order_key,
               contact_id, n, cents)
    JOIN tracking_goal g ON g.account_id = t.account_id AND g.id = t.goal_id
),
stored AS (
    INSERT INTO tracking_conversion (account_id, id, goal_id, at, via, channel, issue_id, link, source, medium, campaign,
                                     n, cents, first_cents, currency, order_key)
    SELECT account_id, id, goal_id, at, 'page', channel, nullif(issue_id, 0),
           CASE WHEN issue_id <> 0 THEN link::smallint END, source, medium, campaign, n, cents, cents, currency, order_key
    FROM told ORDER BY account_id, order_key, goal_id
    ON CONFLICT DO NOTHING
    RETURNING account_id, id, goal_id, at, channel, issue_id, source, medium, campaign, currency, n, cents
),
whose AS (
    INSERT INTO tracking_conversionlink (account_id, conversion_id, at, contact_id)
    SELECT s.account_id, s.id, s.at, t.contact_id FROM stored s JOIN told t USING (id) WHERE t.contact_id <> 0
)
INSERT INTO tracking_goalday (account_id, day, goal_id, channel, issue_id, source, medium, campaign, currency, n, cents)
SELECT account_id, (at AT TIME ZONE %(zone)s)::date, goal_id, channel, coalesce(issue_id, 0), source, medium, campaign,
       currency, sum(n), sum(cents)
FROM stored GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9
ON CONFLICT (account_id, day, goal_id, channel, issue_id, source, medium, campaign, currency)
DO UPDATE SET n = tracking_goalday.n + excluded.n, cents = tracking_goalday.cents + excluded.cents

-- name: seen
INSERT INTO tracking_siteseen (account_id, host, seen_at)
SELECT s.account_id, s.host, to_timestamp(%(at)s) FROM unnest(%(accounts)s::bigint[], %(hosts)s::text[]) AS s (account_id, host)
JOIN accounts_account a ON a.id = s.account_id ORDER BY s.account_id, s.host
ON CONFLICT (account_id, host) DO UPDATE SET seen_at = greatest(tracking_siteseen.seen_at, excluded.seen_at)
