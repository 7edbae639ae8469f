-- The sum beside the audience: who is on the lists, less whoever is left out, has no ground, is suppressed, or wants no
-- mail for now. Each person is counted under the first that holds, so the sum always adds up. Same conditions as
-- cut_audience.sql; those who rest are in the cut and passed over at their turn, by the rule of delivery/outbox.sql.
WITH people AS (
    SELECT c.id, c.email_key, c.status,
           bool_or(m.ground <> 'unknown') AS has_ground,
           coalesce(bool_and(/* segments */ true), false) AS in_segments
    FROM contacts_membership m
    JOIN contacts_contact c ON c.account_id = %(account)s AND c.id = m.contact_id
    WHERE m.account_id = %(account)s AND m.list_id = ANY(%(lists)s) AND m.ended_at IS NULL
    GROUP BY c.id, c.email_key, c.status
), resting AS MATERIALIZED (
    SELECT r.contact_id FROM contacts_preference r
    WHERE r.account_id = %(account)s AND (r.paused_until > CURRENT_DATE OR r.every_days IS NOT NULL AND EXISTS (
        SELECT 1 FROM sending_issue i
        JOIN sending_delivery d ON d.account_id = i.account_id AND d.issue_id = i.id
                               AND d.contact_id = r.contact_id AND d.outcome IN (1, 4)
        WHERE i.account_id = %(account)s AND i.kind = 1
          AND (i.finished_at IS NULL OR i.finished_at > now() - make_interval(days => r.every_days))
          AND d.at > now() - make_interval(days => r.every_days)))
), judged AS (
    SELECT CASE
        WHEN EXISTS (
            SELECT 1 FROM contacts_membership m
            WHERE m.account_id = %(account)s AND m.contact_id = p.id AND m.list_id = ANY(%(excluded)s)
              AND m.ended_at IS NULL) THEN 'excluded'
        WHEN NOT p.in_segments THEN 'outside'
        WHEN NOT p.has_ground OR p.status <> 1 THEN 'without_ground'
        WHEN EXISTS (
            SELECT 1 FROM sending_suppression s
            WHERE s.account_id = %(account)s AND s.email_key = p.email_key) THEN 'suppressed'
        WHEN p.id IN (SELECT contact_id FROM resting) THEN 'resting'
        ELSE 'mailable' END AS what
    FROM people p
)
SELECT count(*) AS on_lists,
       count(*) FILTER (WHERE what = 'excluded') AS excluded,
       count(*) FILTER (WHERE what = 'outside') AS outside,
       count(*) FILTER (WHERE what = 'without_ground') AS without_ground,
       count(*) FILTER (WHERE what = 'suppressed') AS suppressed,
       count(*) FILTER (WHERE what = 'resting') AS resting,
       count(*) FILTER (WHERE what = 'mailable') AS mailable
FROM judged
