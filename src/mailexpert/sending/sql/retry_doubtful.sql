-- Gives everyone in doubt a new attempt; a row each: contact_id, issue_id. Only doubt older than 15 minutes: by then the
-- engine that held the lease has stopped for certain, and what it still knew has been settled. Its age begins anew.
WITH lost_retries AS (
    UPDATE sending_retry
    SET state = 0, attempt = attempt + 1, due = now(), epoch = epoch + 1, lease_until = NULL, first_tried = NULL
    WHERE account_id = %(account)s AND issue_id = ANY(%(issues)s)
      AND state = 1 AND lease_until < now() - interval '15 minutes'
    RETURNING contact_id, issue_id
),
lost_turns AS (
    INSERT INTO sending_retry (account_id, issue_id, shard_id, relay_id, lane, contact_id, attempt, due)
    SELECT s.account_id, s.issue_id, s.id, s.relay_id, s.lane, people.contact_id,
           1 + greatest(1, (SELECT max(d.attempt) FROM sending_delivery d
                            WHERE d.issue_id = s.issue_id AND d.contact_id = people.contact_id)), now()
    FROM sending_shard s, unnest(s.contact_ids[:s.upto]) AS people (contact_id)
    WHERE s.account_id = %(account)s AND s.issue_id = ANY(%(issues)s)
      AND s.upto > s.sent + s.failed + s.skipped
      AND s.lease_until < now() - interval '15 minutes'
      AND NOT EXISTS (
          SELECT 1 FROM sending_delivery d
          WHERE d.issue_id = s.issue_id AND d.contact_id = people.contact_id AND d.outcome <> 4)
      AND NOT EXISTS (
          SELECT 1 FROM sending_retry r
          WHERE r.account_id = s.account_id AND r.issue_id = s.issue_id AND r.contact_id = people.contact_id)
    RETURNING contact_id, issue_id
)
SELECT contact_id, issue_id FROM lost_retries UNION ALL SELECT contact_id, issue_id FROM lost_turns
