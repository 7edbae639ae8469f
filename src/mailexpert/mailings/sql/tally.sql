-- The sum beside the audience: who is on the lists, less whoever is left out, has no ground, or is suppressed.
-- Each person is counted under the first that holds, so the sum always adds up. Same conditions as cut_audience.sql.
WITH people AS (
    SELECT c.id, c.email_key, c.status,
           bool_or(m.ground <> 'unknown') AS has_ground,
           coalesce(bool_and(/* segments */ true), false) AS in_segments
    FROM contacts_membership m
    JOIN contacts_contact c ON c.account_id = %(account)s AND c.id = m.contact_id
    WHERE m.account_id = %(account)s AND m.list_id = ANY(%(lists)s) AND m.ended_at IS NULL
    GROUP BY c.id, c.email_key, c.status
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
        ELSE 'mailable' END AS what
    FROM people p
)
SELECT count(*) AS on_lists,
       count(*) FILTER (WHERE what = 'excluded') AS excluded,
       count(*) FILTER (WHERE what = 'outside') AS outside,
       count(*) FILTER (WHERE what = 'without_ground') AS without_ground,
       count(*) FILTER (WHERE what = 'suppressed') AS suppressed,
       count(*) FILTER (WHERE what = 'mailable') AS mailable
FROM judged
