-- Each row of the file with the contact it is: one that is there, or the number a new one will get. Made in one pass
-- over contacts, memberships and suppressions, because each further join of a million rows takes two seconds. In
-- order of address, so that the index of addresses grows in order. {values} and {differs} are our own columns.
CREATE TEMPORARY TABLE matched ON COMMIT DROP AS
SELECT coalesce(c.id, nextval('contacts_contact_id_seq')) AS contact_id, c.id IS NULL AS is_new, s.email, s.person,
       c.id IS NOT NULL AND c.status = 1 AND ({differs}) AS differs,
       x.email_key IS NULL AND coalesce(c.status, 1) = 1 AND (m.contact_id IS NULL OR (
           m.ended_at IS NULL AND m.ground = 'unknown' AND %(ground)s <> 'unknown')) AS may_join,
       x.email_key IS NOT NULL OR m.ended_at IS NOT NULL OR c.status <> 1 AS stays_off,
       m.contact_id IS NOT NULL AS was_on{values}
FROM staged s
LEFT JOIN contacts_contact c ON c.account_id = %(account)s AND c.email_key = s.email_key
LEFT JOIN contacts_membership m
       ON m.account_id = %(account)s AND m.list_id = %(list)s AND m.contact_id = c.id
LEFT JOIN sending_suppression x ON x.account_id = %(account)s AND x.email_key = s.email_key
ORDER BY s.email_key
