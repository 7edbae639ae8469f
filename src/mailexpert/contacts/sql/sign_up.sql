-- Everyone who may join the list; returns nothing. ON CONFLICT is for whoever was put on it at this very moment, and
-- for a ground that was unknown until now. A membership that ended is never brought back by an import.
INSERT INTO contacts_membership AS m (account_id, list_id, contact_id, ground, since, source)
SELECT %(account)s, %(list)s, contact_id, %(ground)s, now(), 'import' FROM matched WHERE may_join
ON CONFLICT (account_id, list_id, contact_id) DO UPDATE
    SET ground = excluded.ground, since = excluded.since, source = excluded.source
    WHERE m.ended_at IS NULL AND m.ground = 'unknown'
