-- Cuts a mailing's audience into shards of 1,000 in one statement; returns nothing, the row count is the shards.
-- Each person once: whoever is on one of the lists with a standing ground, on none of the excluded ones, not frozen
-- and not suppressed. 0.86 M people: 2.5 to 3 s; a window per shard and `exists` beat a join with DISTINCT.
INSERT INTO sending_shard
    (account_id, issue_id, n, contact_ids, lane, not_before, upto, epoch, state, sent, failed, skipped)
SELECT %(account)s, %(issue)s, n, array_agg(id ORDER BY id), '', now(), 0, 0, 0, 0, 0, 0
FROM (
    SELECT c.id, (row_number() OVER (ORDER BY c.id) - 1) / 1000 AS n
    FROM contacts_contact c
    WHERE c.account_id = %(account)s
      AND c.status = 1
      AND EXISTS (
          SELECT 1 FROM contacts_membership m
          WHERE m.account_id = %(account)s AND m.contact_id = c.id AND m.list_id = ANY(%(lists)s)
            AND m.ended_at IS NULL AND m.ground <> 'unknown')
      AND NOT EXISTS (
          SELECT 1 FROM contacts_membership m
          WHERE m.account_id = %(account)s AND m.contact_id = c.id AND m.list_id = ANY(%(excluded)s)
            AND m.ended_at IS NULL)
      AND NOT EXISTS (
          SELECT 1 FROM sending_suppression s
          WHERE s.account_id = %(account)s AND s.email_key = c.email_key)
) people
GROUP BY n
