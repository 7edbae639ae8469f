-- Everyone in doubt, as counts.sql counts them: contact_id; since (when their dot stayed unanswered, else when the
-- lease of the engine that had them ended); lease_ended. Looks only into shards whose counters say that somebody is.
SELECT contact_id, lease_until AS since, lease_until AS lease_ended
FROM sending_retry
WHERE account_id = %(account)s AND issue_id = ANY(%(issues)s) AND state = 1 AND lease_until < now()
UNION ALL
SELECT people.contact_id, coalesce(
           (SELECT max(d.at) FROM sending_delivery d
            WHERE d.issue_id = s.issue_id AND d.contact_id = people.contact_id), s.lease_until), s.lease_until
FROM sending_shard s, unnest(s.contact_ids[:s.upto]) AS people (contact_id)
WHERE s.account_id = %(account)s AND s.issue_id = ANY(%(issues)s)
  AND s.upto > s.sent + s.failed + s.skipped
  AND (s.state = 1 OR s.lease_until < now())
  AND NOT EXISTS (
      SELECT 1 FROM sending_delivery d
      WHERE d.issue_id = s.issue_id AND d.contact_id = people.contact_id AND d.outcome <> 4)
  AND NOT EXISTS (
      SELECT 1 FROM sending_retry r
      WHERE r.account_id = s.account_id AND r.issue_id = s.issue_id AND r.contact_id = people.contact_id)
