-- Contacts without a sign of interest since %(limit)s, one statement for all four questions: the
-- condition at the end says which, the first line what of them is wanted. A sign is: coming in, signing up again, an open or click where the person agreed to that, an
-- answer in the preference centre. Whoever is mailed by contract or law, or is frozen, is never among them.
-- 1 M contacts: the two anti-joins run over the indexes of memberships and preferences, once a night.
SELECT {what}
FROM contacts_contact c
LEFT JOIN contacts_preference p ON p.account_id = %(account)s AND p.contact_id = c.id
WHERE c.account_id = %(account)s AND c.status = 1 AND c.created_at < %(limit)s
  AND coalesce(c.last_open, '-infinity') < %(limit)s::date AND coalesce(c.last_click, '-infinity') < %(limit)s::date
  AND coalesce(p.kept_at, '-infinity') < %(limit)s
  AND NOT EXISTS (
      SELECT 1 FROM contacts_membership m
      WHERE m.account_id = %(account)s AND m.contact_id = c.id
        AND (m.since >= %(limit)s OR m.ended_at >= %(limit)s
             OR (m.ended_at IS NULL AND m.ground IN ('contract', 'legal_duty'))))
  AND {which}
