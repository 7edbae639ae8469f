-- One conversion more or less, or one that is worth something else, in its row of the roll-up.
INSERT INTO tracking_goalday (account_id, day, goal_id, channel, issue_id, source, medium, campaign, currency, n, cents)
SELECT account_id, (at AT TIME ZONE %(zone)s)::date, goal_id, channel, coalesce(issue_id, 0), source, medium, campaign,
       currency, %(n)s, %(cents)s
FROM tracking_conversion WHERE account_id = %(account)s AND id = %(id)s
ON CONFLICT (account_id, day, goal_id, channel, issue_id, source, medium, campaign, currency)
DO UPDATE SET n = tracking_goalday.n + excluded.n, cents = tracking_goalday.cents + excluded.cents
