-- Returns since when at least so many people (%(group)s) had each of some mailings: lead, at. Of mailings that so few had
-- there is no row. `few` says of which ones the ledger is read as it is, of the others the sums.
WITH family AS (
    SELECT * FROM unnest(%(leads)s::bigint[], %(issues)s::bigint[], %(few)s::boolean[]) AS f (lead, issue_id, few)
),
minutes AS (
    SELECT lead, date_trunc('minute', at) AS at, count(*) AS n
    FROM family JOIN sending_delivery USING (issue_id)
    WHERE few AND account_id = %(account)s AND outcome = 1
    GROUP BY 1, 2
    UNION ALL
    SELECT lead, at, n
    FROM family JOIN sending_pulse USING (issue_id)
    WHERE NOT few AND account_id = %(account)s AND outcome = 1
)
SELECT lead, min(at) AS at
FROM (SELECT lead, at, sum(sum(n)) OVER (PARTITION BY lead ORDER BY at) AS so_far FROM minutes GROUP BY lead, at) AS grown
WHERE so_far >= %(group)s
GROUP BY lead
