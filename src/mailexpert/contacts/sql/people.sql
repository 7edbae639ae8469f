-- The people of a page, each with the membership that is shown of them (one that stands before one without a ground,
-- these before one that ended, the newest first) and whether they are blocked. They are at most
-- fifty-one, so this is as many looks into two indexes; in trips of their own these cost more than their rows.
SELECT p.id, p.email, p.first_name, p.last_name, m.ground, m.ended_at IS NOT NULL,
       coalesce(m.since, p.created_at), coalesce(m.source, ''),
       EXISTS (SELECT FROM sending_suppression x WHERE x.email_key = p.email_key)
FROM ({page}) p
LEFT JOIN LATERAL (
    SELECT ground, since, source, ended_at FROM contacts_membership
    WHERE contact_id = p.id AND list_id = coalesce(%(shown_list)s, list_id)
    ORDER BY CASE WHEN ended_at IS NOT NULL THEN 2 WHEN ground = 'unknown' THEN 1 ELSE 0 END, since DESC
    LIMIT 1
) m ON true
