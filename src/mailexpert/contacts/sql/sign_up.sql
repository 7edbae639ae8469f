-- Everyone on the list who isn't there yet. Who stands there without a known ground gets the one of this import; the
-- others aren't touched: the NOT EXISTS keeps ON CONFLICT from locking a million rows for nothing.
WITH signed_up AS (
    INSERT INTO contacts_membership AS m (account_id, list_id, contact_id, ground, since, source)
    SELECT %(account)s, %(list)s, l.contact_id, %(ground)s, now(), 'import' FROM landed l
    WHERE NOT l.is_suppressed AND NOT EXISTS (
        SELECT 1 FROM contacts_membership m
        WHERE m.account_id = %(account)s AND m.list_id = %(list)s AND m.contact_id = l.contact_id
          AND NOT (m.ended_at IS NULL AND m.ground = 'unknown' AND %(ground)s <> 'unknown'))
    ORDER BY l.contact_id
    ON CONFLICT (account_id, list_id, contact_id) DO UPDATE
        SET ground = excluded.ground, since = excluded.since, source = excluded.source
        WHERE m.ended_at IS NULL AND m.ground = 'unknown'
    RETURNING m.contact_id)
