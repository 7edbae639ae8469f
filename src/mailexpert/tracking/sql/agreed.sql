-- Of some people, those who may be measured one by one now: known, and the last thing they said of it is yes.
SELECT c.id FROM contacts_contact c
WHERE c.account_id = %(account)s AND c.id = ANY(%(contacts)s) AND c.status = 1
  AND (SELECT x.act FROM privacy_consent x
       WHERE x.account_id = c.account_id AND x.contact_id = c.id
         AND (x.purpose = 'individual_measurement' OR x.act IN (3, 5))
       ORDER BY x.id DESC LIMIT 1) = 1
