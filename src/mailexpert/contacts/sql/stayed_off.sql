-- How many stay off the list: suppressed, or once unsubscribed from it. An import never brings them back.
SELECT count(*) FROM landed l
WHERE l.is_suppressed OR EXISTS (
    SELECT 1 FROM contacts_membership m
    WHERE m.account_id = %(account)s AND m.list_id = %(list)s AND m.contact_id = l.contact_id
      AND m.ended_at IS NOT NULL)
