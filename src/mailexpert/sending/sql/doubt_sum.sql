-- Returns one row: how many in doubt may be ordered again now, how many not yet, and when the first of those may.
WITH lost AS ({lost})
SELECT count(*) FILTER (WHERE lease_ended < now() - interval '15 minutes') AS now,
       count(*) FILTER (WHERE lease_ended >= now() - interval '15 minutes') AS later,
       min(lease_ended) FILTER (WHERE lease_ended >= now() - interval '15 minutes') + interval '15 minutes' AS at
FROM lost
