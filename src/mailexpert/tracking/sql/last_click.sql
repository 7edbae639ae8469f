-- The last click, since a moment, of the person whose address has this hash (SHA-256 of it in lower case). Only trails
-- are looked through, and a trail is there only of who agreed to be measured; that is asked once more (agreed.sql).
SELECT t.contact_id, t.issue_id, t.link, t.at FROM tracking_trail t
JOIN contacts_contact c ON c.account_id = t.account_id AND c.id = t.contact_id
WHERE t.account_id = %(account)s AND t.kind = 2 AND t.at >= %(since)s
  AND encode(sha256(convert_to(lower(c.email_key), 'UTF8')), 'hex') = %(hash)s
ORDER BY t.at DESC LIMIT 1
