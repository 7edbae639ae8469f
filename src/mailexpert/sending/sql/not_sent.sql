-- Returns the people who did not get the issue, the latest first: email, outcome (0 = a retry is due), code, reply, at.
WITH people AS (
    SELECT contact_id, attempt, outcome, code, at
    FROM sending_delivery
    WHERE account_id = %(account)s AND issue_id = %(issue)s AND outcome IN (2, 3)
    UNION ALL
    SELECT contact_id, attempt - 1, CASE WHEN state = 1 AND lease_until < now() THEN 4 ELSE 0 END, code, due
    FROM sending_retry
    WHERE account_id = %(account)s AND issue_id = %(issue)s
    UNION ALL
    SELECT people.contact_id, 1, 4, 0, coalesce(s.lease_until, s.not_before)
    FROM sending_shard s, unnest(s.contact_ids[:s.upto]) AS people (contact_id)
    WHERE s.account_id = %(account)s AND s.issue_id = %(issue)s
      AND s.upto > s.sent + s.failed + s.skipped
      AND (s.state = 1 OR s.lease_until IS NULL OR s.lease_until < now())
      AND NOT EXISTS (
          SELECT 1 FROM sending_delivery d
          WHERE d.issue_id = s.issue_id AND d.contact_id = people.contact_id AND d.outcome <> 4)
      AND NOT EXISTS (
          SELECT 1 FROM sending_retry r
          WHERE r.account_id = s.account_id AND r.issue_id = s.issue_id AND r.contact_id = people.contact_id)
)
SELECT coalesce(c.email, ''), p.outcome, p.code, coalesce(
           (SELECT text FROM sending_reply t
            WHERE t.account_id = %(account)s AND t.issue_id = %(issue)s AND t.contact_id = p.contact_id
            ORDER BY t.id DESC LIMIT 1), ''), p.at
FROM people p
LEFT JOIN contacts_contact c ON c.account_id = %(account)s AND c.id = p.contact_id
ORDER BY p.at DESC, p.contact_id
LIMIT %(limit)s
