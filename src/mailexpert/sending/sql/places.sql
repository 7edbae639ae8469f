-- Returns where the mails of some issues of one mailing went, the largest first: providers as the shards were cut, and
-- the largest domains, known once it has ended: kind, name, planned, sent, failed.
SELECT 'provider' AS kind, lane AS name, sum(size) AS planned, sum(sent) AS sent, sum(failed) AS failed
FROM sending_shard WHERE account_id = %(account)s AND issue_id = ANY(%(issues)s)
GROUP BY lane
UNION ALL
(SELECT 'domain', domain, sum(sent) + sum(failed), sum(sent), sum(failed)
 FROM sending_domaincount WHERE account_id = %(account)s AND issue_id = ANY(%(issues)s)
 GROUP BY domain ORDER BY 3 DESC, 2 LIMIT %(limit)s)
ORDER BY planned DESC, name
