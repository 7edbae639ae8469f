-- Every statement of the intake, by name. They run as the owner, beside the wall between accounts; each finds the
-- account through the issue that a signed token named, never through anything that a request says.

-- name: issues
-- The link tables of some issues. An issue never changes once it is frozen, so what was read stays right.
SELECT id, links FROM sending_issue WHERE id = ANY(%(ids)s)

-- name: known
SELECT id FROM sending_issue WHERE id = ANY(%(ids)s)

-- name: lock_stops
-- Two stops of the same person at the same instant must not both find that there is none yet.
SELECT pg_advisory_xact_lock(7883627)

-- name: stop
-- Records stops and ends the memberships they are about, for many people at once; returns nothing. A person who
-- stopped an issue before gets no second row; a membership that began again since is ended again, but not by a stop
-- that was asked before it began (clocks may differ a minute). A proof (kind 2) carries the token of the contact it
-- was made for but lies in the author's mailbox, so it stops nothing.
WITH asked AS (
    SELECT DISTINCT ON (i.account_id, a.issue_id, a.contact_id)
           i.account_id, a.issue_id, a.contact_id, a.via, coalesce(a.at, now()) AS at, i.list_ids
    FROM unnest(%(issues)s::bigint[], %(contacts)s::bigint[], %(vias)s::smallint[], %(times)s::timestamptz[])
         AS a (issue_id, contact_id, via, at)
    JOIN sending_issue i ON i.id = a.issue_id AND i.kind = 1
    ORDER BY i.account_id, a.issue_id, a.contact_id, a.at
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
    RETURNING m.account_id, m.list_id, m.contact_id, m.ground, m.ended_at, asked.issue_id
)
SELECT e.account_id, e.list_id, e.contact_id, e.issue_id, e.ground, e.ended_at, l.purpose, c.email_key
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

-- name: count
-- Adds the sums of one file. Opens count only where the issue measures them; sorted, so that two collectors that add
-- to the same rows wait for each other instead of in a ring.
INSERT INTO tracking_tally AS t (account_id, issue_id, link, kind, hour, n)
SELECT i.account_id, h.issue_id, h.link, h.kind, to_timestamp(h.hour * 3600), h.n
FROM unnest(%(issues)s::bigint[], %(links)s::smallint[], %(kinds)s::smallint[], %(hours)s::bigint[], %(sums)s::bigint[])
     AS h (issue_id, link, kind, hour, n)
JOIN sending_issue i ON i.id = h.issue_id
WHERE i.tracking <> 'none' AND (h.kind IN (2, 4) OR i.tracking IN ('last_active', 'individual'))
ORDER BY i.account_id, h.issue_id, h.link, h.kind, h.hour
ON CONFLICT (account_id, issue_id, link, kind, hour) DO UPDATE SET n = t.n + excluded.n

-- name: forget_files
DELETE FROM tracking_hitfile WHERE taken_at < now() - make_interval(days => %(days)s)
