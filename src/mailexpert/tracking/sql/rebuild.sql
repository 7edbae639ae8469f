-- All roll-ups of one issue anew, from its events. Returns nothing. One pass over the events: equal ones are added up
-- first, which leaves some thousands however many came, and only those are added up under every property they have.
-- (Every event under every property at once: five times as long at twenty million.) The collector adds with the same
-- list (intake/statements.sql, count).
WITH alike AS MATERIALIZED (
    SELECT e.link, e.kind, e.at, e.part, e.device, e.provider, e.country, e.rule, sum(e.n) AS n
    FROM tracking_event e
    WHERE e.account_id = %(account)s AND e.issue_id = %(issue)s
    GROUP BY e.link, e.kind, e.at, e.part, e.device, e.provider, e.country, e.rule
)
INSERT INTO tracking_rollup (account_id, issue_id, by, value, kind, n)
SELECT %(account)s, %(issue)s, p.by, p.value, a.kind, sum(a.n)
FROM alike a
CROSS JOIN LATERAL (VALUES
    (0, ''), (1, a.link::text), (2, extract(epoch FROM a.at)::bigint::text), (3, nullif(a.device, 0)::text),
    (4, nullif(a.provider, '')), (5, nullif(a.country, '')), (6, nullif(a.rule, 0)::text),
    (7, (extract(epoch FROM a.at)::bigint + a.part * 300)::text)) AS p (by, value)
WHERE p.value IS NOT NULL
GROUP BY p.by, p.value, a.kind
