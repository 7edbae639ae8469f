-- Each row of the file that brings anything, with the contact it is: one that is there, or the number a new one will get.
-- Rows that change nothing are left out before the sort: of a file that comes in again nothing is left. Made in one pass
-- over contacts, memberships and suppressions, because each further join of a million rows takes two seconds. In order
-- of address, so that the index of addresses grows in order; by bytes, because the server's collation compares ten times
-- slower. Numbers are drawn in that order too (nextval comes after the sort). {values} and {differs} are our own columns.
CREATE TEMPORARY TABLE matched ON COMMIT DROP AS
SELECT coalesce(k.known_id, nextval('contacts_contact_id_seq')) AS contact_id, k.known_id IS NULL AS is_new, k.email,
       k.person, k.differs, k.may_join, k.stays_off, k.was_on{kept}
FROM (
    SELECT c.id AS known_id, s.email, s.email_key, s.person, c.id IS NOT NULL AND c.status = 1 AND ({differs}) AS differs,
           %(list)s::bigint IS NOT NULL AND x.email_key IS NULL AND coalesce(c.status, 1) = 1 AND (m.contact_id IS NULL OR (
               m.ended_at IS NULL AND m.ground = 'unknown' AND %(ground)s <> 'unknown')) AS may_join,
           x.email_key IS NOT NULL OR m.ended_at IS NOT NULL OR c.status <> 1 AS stays_off,
           m.contact_id IS NOT NULL AS was_on{values}
    FROM staged s
    LEFT JOIN contacts_contact c ON c.account_id = %(account)s AND c.email_key = s.email_key
    LEFT JOIN contacts_membership m
           ON m.account_id = %(account)s AND m.list_id = %(list)s AND m.contact_id = c.id
    LEFT JOIN sending_suppression x ON x.account_id = %(account)s AND x.email_key = s.email_key
) k
WHERE k.known_id IS NULL OR k.differs OR k.may_join OR k.stays_off
ORDER BY k.email_key COLLATE "C"
