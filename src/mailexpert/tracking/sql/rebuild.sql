-- All roll-ups of one issue anew, from its events. Returns nothing. One pass over the events: each row is added up
-- under every property it has. The collector adds with the same list (intake/statements.sql, count).
INSERT INTO tracking_rollup (account_id, issue_id, by, value, kind, n)
SELECT e.account_id, e.issue_id, p.by, p.value, e.kind, sum(e.n)
FROM tracking_event e
CROSS JOIN LATERAL (VALUES
    (0, ''), (1, e.link::text), (2, extract(epoch FROM e.at)::bigint::text), (3, nullif(e.device, 0)::text),
    (4, nullif(e.provider, '')), (5, nullif(e.country, '')), (6, nullif(e.rule, 0)::text)) AS p (by, value)
WHERE e.account_id = %(account)s AND e.issue_id = %(issue)s AND p.value IS NOT NULL
GROUP BY e.account_id, e.issue_id, p.by, p.value, e.kind
