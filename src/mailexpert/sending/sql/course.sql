-- Returns one row of how some issues of one mailing went: minutes (at, sent, failed, skipped, unanswered), reasons
-- (outcome, code, how many), stops (at, how many), complained, next_try. Moments are seconds since 1970 and lists are
-- JSON, since Python reads these much faster than rows with timestamps.
-- What is read as it is and what from the sums is decided by how many there are, so that no size takes more than some
-- milliseconds. Each choice is a CASE: the planner drops the arm that isn't taken. A condition that is false within one
-- query isn't dropped behind the wall's own condition, and starts parallel workers for nothing: 2 times 15 ms at a ledger
-- of a million rows. Who stopped twice counts at their first time.
SELECT
    CASE WHEN %(few)s THEN
        (SELECT json_agg(json_build_array(extract(epoch FROM at)::bigint, sent, failed, skipped, unanswered) ORDER BY at)
         FROM (SELECT date_trunc('minute', at) AS at,
                      count(*) FILTER (WHERE outcome = 1) AS sent,
                      count(*) FILTER (WHERE outcome = 2) AS failed,
                      count(*) FILTER (WHERE outcome = 3) AS skipped,
                      count(*) FILTER (WHERE outcome = 4) AS unanswered
               FROM sending_delivery WHERE account_id = %(account)s AND issue_id = ANY(%(issues)s)
               GROUP BY 1) AS minutes)
    ELSE
        (SELECT json_agg(json_build_array(extract(epoch FROM at)::bigint, sent, failed, skipped, unanswered) ORDER BY at)
         FROM (SELECT at, coalesce(sum(n) FILTER (WHERE outcome = 1), 0) AS sent,
                      coalesce(sum(n) FILTER (WHERE outcome = 2), 0) AS failed,
                      coalesce(sum(n) FILTER (WHERE outcome = 3), 0) AS skipped,
                      coalesce(sum(n) FILTER (WHERE outcome = 4), 0) AS unanswered
               FROM sending_pulse WHERE account_id = %(account)s AND issue_id = ANY(%(issues)s)
               GROUP BY at) AS minutes)
    END AS minutes,
    CASE WHEN %(few_missed)s THEN
        (SELECT json_agg(json_build_array(outcome, code, n) ORDER BY n DESC, code)
         FROM (SELECT outcome, code, count(*) AS n FROM sending_delivery
               WHERE account_id = %(account)s AND issue_id = ANY(%(issues)s) AND outcome IN (2, 3)
               GROUP BY 1, 2) AS reasons)
    ELSE
        (SELECT json_agg(json_build_array(outcome, code, n) ORDER BY n DESC, code)
         FROM (SELECT outcome, code, sum(n) AS n FROM sending_pulse
               WHERE account_id = %(account)s AND issue_id = ANY(%(issues)s) AND outcome IN (2, 3)
               GROUP BY 1, 2) AS reasons)
    END AS reasons,
    CASE WHEN %(counts_stops)s THEN
        (SELECT json_agg(json_build_array(extract(epoch FROM at)::bigint, n) ORDER BY at)
         FROM (SELECT CASE WHEN first < %(fives_until)s THEN date_bin('5 minutes', first, 'epoch')
                           ELSE date_trunc('hour', first) END AS at,
                      count(*) AS n
               FROM (SELECT min(at) AS first FROM sending_stop
                     WHERE account_id = %(account)s AND issue_id = ANY(%(issues)s)
                     GROUP BY contact_id) AS people
               GROUP BY 1) AS stops)
    END AS stops,
    (SELECT count(*) FROM sending_complaint
     WHERE account_id = %(account)s AND issue_id = ANY(%(issues)s)) AS complained,
    CASE WHEN %(looks_ahead)s THEN
        (SELECT min(due) FROM sending_retry
         WHERE account_id = %(account)s AND issue_id = ANY(%(issues)s) AND state = 0)
    END AS next_try
