-- Returns a page of the people in doubt, by contact: contact_id, email (empty when deleted), since, may_go_again.
WITH lost AS ({lost})
SELECT l.contact_id, coalesce(c.email, '') AS email, l.since,
       l.lease_ended < now() - interval '15 minutes' AS may_go_again
FROM lost l
LEFT JOIN contacts_contact c ON c.account_id = %(account)s AND c.id = l.contact_id
WHERE l.contact_id > %(after)s
ORDER BY l.contact_id
LIMIT %(limit)s
