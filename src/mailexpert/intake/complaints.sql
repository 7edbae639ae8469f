-- name: complain
-- Records complaints, one of each mail however often it is reported, and returns the new ones: account, issue, contact,
-- time, and the contact's address where it is still there. One that came to an account's own address counts for that
-- account's mail alone. A proof (kind 2) lies in the author's mailbox, so it says nothing of the contact it was made for. A
-- contact that was merged into another one complains for that one.
WITH asked AS (
    SELECT DISTINCT ON (i.account_id, a.issue_id, p.contact_id)
           i.account_id, a.issue_id, p.contact_id, a.via, coalesce(a.at, now()) AS at
    FROM unnest(%(accounts)s::bigint[], %(issues)s::bigint[], %(contacts)s::bigint[], %(vias)s::smallint[],
                %(times)s::timestamptz[]) AS a (account_id, issue_id, contact_id, via, at)
    JOIN sending_issue i ON i.id = a.issue_id AND i.kind = 1 AND a.account_id IN (0, i.account_id)
    CROSS JOIN LATERAL (
        SELECT coalesce((SELECT e.contact_id FROM contacts_event e
                         WHERE e.account_id = i.account_id AND e.former_id = a.contact_id LIMIT 1),
                        a.contact_id) AS contact_id) p
    ORDER BY i.account_id, a.issue_id, p.contact_id, a.at
),
recorded AS (
    INSERT INTO sending_complaint (account_id, issue_id, contact_id, via, at)
    SELECT account_id, issue_id, contact_id, via, at FROM asked
    ON CONFLICT (account_id, issue_id, contact_id) DO NOTHING
    RETURNING account_id, issue_id, contact_id, at
)
SELECT r.account_id, r.issue_id, r.contact_id, r.at, c.email_key
FROM recorded r
LEFT JOIN contacts_contact c ON c.account_id = r.account_id AND c.id = r.contact_id

-- name: block
-- Blocks the addresses of who complained and ends all their memberships; returns those as `stop` does. What could be lifted
-- by hand (a bounce, a block by hand) becomes a complaint, which can't; an objection stays what it is.
WITH who AS (
    SELECT w.account_id, w.issue_id, w.contact_id, w.at, c.email_key
    FROM unnest(%(accounts)s::bigint[], %(issues)s::bigint[], %(contacts)s::bigint[], %(times)s::timestamptz[])
         AS w (account_id, issue_id, contact_id, at)
    JOIN contacts_contact c ON c.account_id = w.account_id AND c.id = w.contact_id
),
blocked AS (
    INSERT INTO sending_suppression AS s (account_id, email_key, reason, at)
    SELECT DISTINCT ON (account_id, email_key) account_id, email_key, 2, at FROM who ORDER BY account_id, email_key, at
    ON CONFLICT (account_id, email_key) DO UPDATE SET reason = 2, at = excluded.at WHERE s.reason IN (1, 4)
),
ended AS (
    UPDATE contacts_membership m SET ended_at = greatest(w.at, m.since), ended_by = 6
    FROM (SELECT DISTINCT ON (account_id, contact_id) * FROM who ORDER BY account_id, contact_id, at) w
    WHERE m.account_id = w.account_id AND m.contact_id = w.contact_id AND m.ended_at IS NULL
    RETURNING m.account_id, m.list_id, m.contact_id, m.ground, m.ended_at, w.issue_id, w.email_key
)
SELECT e.account_id, e.list_id, e.contact_id, e.issue_id, e.ground, e.ended_at, l.purpose, e.email_key, 6 AS via
FROM ended e
JOIN contacts_list l ON l.account_id = e.account_id AND l.id = e.list_id

-- name: consent_objected
INSERT INTO privacy_consent (account_id, contact_id, issue_id, at, person, act, source)
VALUES (%(account)s, %(contact)s, %(issue)s, %(at)s, %(person)s, 3, %(source)s)

-- name: forget_activity
-- Who objects is no longer measured: no trail, no order that is theirs, no last day (privacy.actions.on_end).
WITH gone AS (
    SELECT * FROM unnest(%(accounts)s::bigint[], %(contacts)s::bigint[]) AS g (account_id, contact_id)
),
trails AS (
    DELETE FROM tracking_trail t USING gone g WHERE t.account_id = g.account_id AND t.contact_id = g.contact_id
),
orders AS (
    DELETE FROM tracking_conversionlink k USING gone g WHERE k.account_id = g.account_id AND k.contact_id = g.contact_id
)
UPDATE contacts_contact c SET last_open = NULL, last_click = NULL FROM gone g
WHERE c.account_id = g.account_id AND c.id = g.contact_id AND (c.last_open IS NOT NULL OR c.last_click IS NOT NULL)
