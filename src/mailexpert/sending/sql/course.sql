-- Returns one row of how some issues of one mailing went: minutes (at, sent, failed, skipped, unanswered), reasons
-- (outcome, code, how many), stops (at, how many), complained, next_try. Moments are seconds since 1970 and lists are
-- JSON, since Python reads these much faster than rows with timestamps.
-- What is read as it is and what from the sums is decided by how many there are, so that no size takes more than some
-- milliseconds: a condition that is false beforehand costs nothing. Who stopped twice counts at their first time.
SELECT
    (SELECT json_agg(json_build_array(extract(epoch FROM at)::bigint, sent, failed, skipped, unanswered) ORDER BY at)
     FROM (SELECT at, coalesce(sum(n) FILTER (WHERE outcome = 1), 0) AS sent,
                  coalesce(sum(n) FILTER (WHERE outcome = 2), 0) AS failed,
                  coalesce(sum(n) FILTER (WHERE outcome = 3), 0) AS skipped,
                  coalesce(sum(n) FILTER (WHERE outcome = 4), 0) AS unanswered
           FROM (SELECT date_trunc('minute', at) AS at, outcome, count(*) AS n FROM sending_delivery
                 WHERE %(few)s AND account_id = %(account)s AND issue_id = ANY(%(issues)s) GROUP BY 1, 2
                 UNION ALL
                 SELECT at, outcome, n FROM sending_pulse
                 WHERE NOT %(few)s AND account_id = %(account)s AND issue_id = ANY(%(issues)s)) AS noted
           GROUP BY at) AS minutes) AS minutes,
    (SELECT json_agg(json_build_array(outcome, code, n) ORDER BY n DESC, code)
     FROM (SELECT outcome, code, count(*) AS n FROM sending_delivery
           WHERE %(few_missed)s AND account_id = %(account)s AND issue_id = ANY(%(issues)s) AND outcome IN (2, 3)
           GROUP BY 1, 2
           UNION ALL
           SELECT outcome, code, sum(n) FROM sending_pulse
           WHERE NOT %(few_missed)s AND account_id = %(account)s AND issue_id = ANY(%(issues)s) AND outcome IN (2, 3)
           GROUP BY 1, 2) AS reasons) AS reasons,
    (SELECT json_agg(json_build_array(extract(epoch FROM at)::bigint, n) ORDER BY at)
     FROM (SELECT CASE WHEN first < %(fives_until)s THEN date_bin('5 minutes', first, 'epoch')
                       ELSE date_trunc('hour', first) END AS at,
                  count(*) AS n
           FROM (SELECT min(at) AS first FROM sending_stop
                 WHERE %(counts_stops)s AND account_id = %(account)s AND issue_id = ANY(%(issues)s)
                 GROUP BY contact_id) AS people
           GROUP BY 1) AS stops) AS stops,
    (SELECT count(*) FROM sending_complaint
     WHERE account_id = %(account)s AND issue_id = ANY(%(issues)s)) AS complained,
    (SELECT min(due) FROM sending_retry
     WHERE %(looks_ahead)s AND account_id = %(account)s AND issue_id = ANY(%(issues)s) AND state = 0) AS next_try
