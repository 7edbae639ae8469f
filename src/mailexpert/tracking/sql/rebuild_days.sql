-- What an account's conversions add up to by day, from the day on of which all of them are kept. Writes only the rows that
-- are not so already, and returns how many that were: none, unless something went wrong before.
WITH fresh AS MATERIALIZED (
    SELECT account_id, (at AT TIME ZONE %(zone)s)::date AS day, goal_id, channel, coalesce(issue_id, 0) AS issue_id, source,
           medium, campaign, currency, sum(n) AS n, sum(cents) AS cents
    FROM tracking_conversion
    WHERE account_id = %(account)s AND goal_id IS NOT NULL AND (at AT TIME ZONE %(zone)s)::date >= %(first)s
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
),
gone AS (
    DELETE FROM tracking_goalday d
    WHERE d.account_id = %(account)s AND d.day >= %(first)s AND NOT EXISTS (
        SELECT 1 FROM fresh f
        WHERE (f.day, f.goal_id, f.channel, f.issue_id, f.source, f.medium, f.campaign, f.currency)
            = (d.day, d.goal_id, d.channel, d.issue_id, d.source, d.medium, d.campaign, d.currency))
    RETURNING 1
),
put AS (
    INSERT INTO tracking_goalday AS d
        (account_id, day, goal_id, channel, issue_id, source, medium, campaign, currency, n, cents)
    SELECT * FROM fresh ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9
    ON CONFLICT (account_id, day, goal_id, channel, issue_id, source, medium, campaign, currency)
    DO UPDATE SET n = excluded.n, cents = excluded.cents WHERE (d.n, d.cents) <> (excluded.n, excluded.cents)
    RETURNING 1
)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM put)
