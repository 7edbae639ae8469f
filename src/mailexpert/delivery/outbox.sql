-- Every statement of the delivery engine, by name. They run as the owner, beside the wall between accounts; each
-- names the account of its rows. Two rules keep a person from getting a mail twice: a turn is taken only by the
-- one-row compare-and-set of `open_window` or by `claim_retries`, both committed before anything is sent.

-- name: work
-- Returns each relay × receiving provider that has a shard to claim or a retry due, with the relays whose mail it is.
-- A relay that no engine reaches counts as down: the others of its pool (its account's, or the installation's) take
-- its mail. What an engine has opened stays where it is. Below zero are the installation's, 0 is the environment's.
WITH relays AS (
    SELECT id, account_id AS pool, host, port, security, verify, login, username, secret, token_url, client_id,
           client_secret, max_connections, per_connection, per_second, per_hour, delivers_itself, warmup_from,
           warmup_first, limits
    FROM sending_relay WHERE enabled
    UNION ALL
    SELECT -id, 0, host, port, security, verify, login, username, secret, token_url, client_id,
           client_secret, max_connections, per_connection, per_second, per_hour, delivers_itself, warmup_from,
           warmup_first, limits
    FROM sending_installationrelay WHERE enabled
    UNION ALL
    SELECT 0, 0, '', 25, '', false, '', '', '', '', '', '', 0, NULL, NULL, NULL, false, NULL, 0, '{}'
),
down AS (
    SELECT relay_id FROM sending_hold WHERE until > now()
    GROUP BY relay_id HAVING bool_and(coalesce(down_until > now(), false))
),
work AS (
    SELECT DISTINCT CASE WHEN w.relay_id > 0 THEN i.account_id ELSE 0 END AS pool, w.relay_id, w.lane,
           w.relay_id IN (SELECT relay_id FROM down) OR w.relay_id NOT IN (SELECT id FROM relays) AS is_down
    FROM sending_issue i
    CROSS JOIN LATERAL (
        SELECT s.relay_id, s.lane FROM sending_shard s
        WHERE s.account_id = i.account_id AND s.issue_id = i.id AND s.state = 0
          AND s.not_before <= now() AND (s.lease_until IS NULL OR s.lease_until < now())
        UNION
        SELECT t.relay_id, t.lane FROM sending_retry t
        WHERE t.account_id = i.account_id AND t.issue_id = i.id AND t.state = 0 AND t.due <= now()) w
    WHERE i.finished_at IS NULL AND i.state = 0 AND i.hold = '' AND i.account_id <> ALL(%(quiet)s)
)
SELECT r.*, w.lane, array_agg(DISTINCT w.relay_id) AS serves,
       NOT EXISTS (SELECT 1 FROM relays p
                   WHERE p.pool = r.pool AND p.id <> r.id AND p.id <> 0
                     AND p.id NOT IN (SELECT relay_id FROM down)) AS is_alone
FROM work w
JOIN relays r ON r.id = w.relay_id
              OR (w.is_down AND r.pool = w.pool AND r.id <> 0 AND r.id NOT IN (SELECT relay_id FROM down))
GROUP BY r.id, r.pool, r.host, r.port, r.security, r.verify, r.login, r.username, r.secret, r.token_url, r.client_id,
         r.client_secret, r.max_connections, r.per_connection, r.per_second, r.per_hour, r.delivers_itself,
         r.warmup_from, r.warmup_first, r.limits, w.lane

-- name: claim_shards
-- Leases one shard each of up to %(room)s issues that we hold none of. The order of issues is drawn by lot: over
-- time every issue gets the same share of turns, and no engine has to keep score.
WITH turn AS (
    SELECT s.id
    FROM (SELECT account_id, id FROM sending_issue
          WHERE finished_at IS NULL AND state = 0 AND hold = '' AND (%(pool)s = 0 OR account_id = %(pool)s)
            AND id <> ALL(%(held)s) AND account_id <> ALL(%(quiet)s)
          ORDER BY random()) i
    CROSS JOIN LATERAL (
        SELECT id FROM sending_shard
        WHERE account_id = i.account_id AND issue_id = i.id AND state = 0
          AND lane = %(lane)s AND relay_id = ANY(%(relays)s)
          AND not_before <= now() AND (lease_until IS NULL OR lease_until < now())
        ORDER BY n LIMIT 1 FOR UPDATE SKIP LOCKED) s
    LIMIT %(room)s
)
UPDATE sending_shard s SET epoch = s.epoch + 1, lease_until = now() + make_interval(secs => %(lease)s)
FROM turn WHERE s.id = turn.id
RETURNING s.account_id, s.issue_id, s.id, s.upto, s.size, s.epoch

-- name: claim_retries
-- Takes the due retries of one issue and writes ahead that they are tried now; the issue is drawn by lot.
WITH turn AS (
    SELECT t.account_id, t.issue_id FROM sending_issue i
    CROSS JOIN LATERAL (
        SELECT account_id, issue_id FROM sending_retry
        WHERE account_id = i.account_id AND issue_id = i.id AND state = 0 AND due <= now()
          AND lane = %(lane)s AND relay_id = ANY(%(relays)s) LIMIT 1) t
    WHERE i.finished_at IS NULL AND i.state = 0 AND i.hold = '' AND (%(pool)s = 0 OR i.account_id = %(pool)s)
      AND i.id <> ALL(%(held)s) AND i.account_id <> ALL(%(quiet)s)
    ORDER BY random() LIMIT 1
),
due AS (
    SELECT t.id FROM sending_retry t, turn
    WHERE t.account_id = turn.account_id AND t.issue_id = turn.issue_id AND t.state = 0 AND t.due <= now()
      AND t.lane = %(lane)s AND t.relay_id = ANY(%(relays)s)
    ORDER BY t.due LIMIT %(room)s FOR UPDATE OF t SKIP LOCKED
)
UPDATE sending_retry t
SET state = 1, epoch = t.epoch + 1, lease_until = now() + make_interval(secs => %(lease)s)
FROM due WHERE t.id = due.id
RETURNING t.account_id, t.issue_id, t.shard_id, t.contact_id, t.attempt, t.id,
          coalesce(extract(epoch FROM now() - t.first_tried), 0)::float8

-- name: load_issue
-- With the keys that sign for its sender's domain, as selector and sealed secret; RSA first, which everybody knows.
SELECT i.id, i.account_id, i.kind, i.sender_name, i.sender_address, i.reply_to, i.subject, i.html, i.text,
       i.preheader, i.fields, i.links, i.list_ids, i.purpose, i.language, i.sender_line, i.per_hour,
       i.tracking, coalesce(m.opens AND i.kind = 1, false) AS counts_opens,
       coalesce(d.name, '') AS domain,
       CASE WHEN d.has_return_path THEN 'mx-' || d.token || '.' || d.name ELSE '' END AS return_host,
       ARRAY(SELECT k.selector || ' ' || k.secret FROM sending_senderkey k
             WHERE k.account_id = d.account_id AND k.domain_id = d.id AND k.state = 1
             ORDER BY k.algorithm DESC) AS keys
FROM sending_issue i
LEFT JOIN sending_senderdomain d ON d.account_id = i.account_id AND d.id = i.domain_id
LEFT JOIN tracking_measuring m ON m.account_id = i.account_id
WHERE i.id = %(issue)s

-- name: read_window
-- Returns the people of the next turns in order: contact, address, why to skip (0 = don't), then the columns the
-- issue uses. Consent, suppression and stop requests as they are now. Reading each table once by `= ANY(array)`:
-- 2.4 ms for 250 people; one EXISTS per person and table 6 ms.
WITH turns AS MATERIALIZED (
    SELECT contact_ids[%(upto)s + 1:%(upto)s + %(size)s] AS ids FROM sending_shard WHERE id = %(shard)s
)
{people}

-- name: read_people
-- The same for retries: their contacts are named.
WITH turns AS MATERIALIZED (SELECT %(contacts)s::bigint[] AS ids)
{people}

-- name: people
, standing AS (
    SELECT contact_id, bool_or(ended_at IS NULL AND ground <> 'unknown') AS mailable,
           bool_or(ended_at IS NOT NULL) AS ended
    FROM contacts_membership
    WHERE account_id = %(account)s AND list_id = ANY(%(lists)s)
      AND contact_id = ANY((SELECT ids FROM turns)::bigint[])
    GROUP BY contact_id
),
stopped AS (
    SELECT DISTINCT contact_id FROM sending_stop
    WHERE account_id = %(account)s AND issue_id = %(issue)s
      AND contact_id = ANY((SELECT ids FROM turns)::bigint[])
),
present AS (
    SELECT * FROM contacts_contact
    WHERE account_id = %(account)s AND id = ANY((SELECT ids FROM turns)::bigint[]) AND status = 1
),
chosen AS (
    SELECT contact_id, coalesce(paused_until > CURRENT_DATE, false) AS paused, every_days
    FROM contacts_preference
    WHERE account_id = %(account)s AND contact_id = ANY((SELECT ids FROM turns)::bigint[])
),
mailed AS (
    -- Whoever wants few mails and had one: only they are looked up, by the ledger's own key.
    SELECT c.contact_id FROM chosen c
    WHERE c.every_days IS NOT NULL AND EXISTS (
        SELECT 1 FROM sending_issue i
        JOIN sending_delivery d ON d.issue_id = i.id AND d.contact_id = c.contact_id AND d.outcome IN (1, 4)
        WHERE i.account_id = %(account)s AND i.id <> %(issue)s AND i.kind = 1
          AND (i.finished_at IS NULL OR i.finished_at > now() - make_interval(days => c.every_days))
          AND d.at > now() - make_interval(days => c.every_days))
)
SELECT turn.id, c.email,
       CASE WHEN c.id IS NULL THEN 5
            WHEN EXISTS (SELECT 1 FROM sending_suppression x
                         WHERE x.account_id = %(account)s AND x.email_key = c.email_key) THEN 2
            WHEN stopped.contact_id IS NOT NULL THEN 1
            WHEN %(consent)s AND NOT coalesce(standing.mailable, false)
                 THEN CASE WHEN standing.ended THEN 1 ELSE 3 END
            WHEN %(consent)s AND chosen.paused THEN 7
            WHEN %(consent)s AND mailed.contact_id IS NOT NULL THEN 8
            ELSE 0 END{columns}
FROM turns, unnest(turns.ids) WITH ORDINALITY AS turn (id, place)
LEFT JOIN present c ON c.id = turn.id
LEFT JOIN standing ON standing.contact_id = turn.id
LEFT JOIN stopped ON stopped.contact_id = turn.id
LEFT JOIN chosen ON chosen.contact_id = turn.id
LEFT JOIN mailed ON mailed.contact_id = turn.id
ORDER BY turn.place

-- name: open_window
-- The permission to send: touches one row or none. Whoever is skipped is written down in the same commit.
WITH opened AS (
    UPDATE sending_shard s
    SET upto = s.upto + %(size)s, lease_until = now() + make_interval(secs => %(lease)s),
        skipped = s.skipped + cardinality(%(skipped)s::bigint[])
    FROM sending_issue i
    WHERE s.id = %(shard)s AND s.epoch = %(epoch)s AND s.upto = %(upto)s AND s.state = 0
      AND i.account_id = s.account_id AND i.id = s.issue_id AND i.state = 0 AND i.hold = ''
    RETURNING s.account_id, s.issue_id
),
noted AS (
    INSERT INTO sending_delivery (account_id, issue_id, contact_id, attempt, outcome, code)
    SELECT account_id, issue_id, skip.contact_id, 1, 3, skip.code
    FROM opened, unnest(%(skipped)s::bigint[], %(reasons)s::smallint[]) AS skip (contact_id, code)
)
SELECT count(*) FROM opened

-- name: settle_sent
-- The usual window, of which everyone was sent, in one statement instead of six: ledger, counter and, with the last
-- window, the end of the shard. Run again after a lost answer it breaks on the ledger's key if it was committed.
WITH noted AS (
    INSERT INTO sending_delivery (account_id, issue_id, contact_id, attempt, outcome, code)
    SELECT %(account)s, %(issue)s, unnest(%(contacts)s::bigint[]), 1, 1, 250
)
UPDATE sending_shard s
SET sent = s.sent + cardinality(%(contacts)s::bigint[]),
    state = CASE WHEN %(closes)s AND s.epoch = %(epoch)s AND s.upto = s.size THEN 1 ELSE s.state END,
    lease_until = CASE WHEN %(closes)s AND s.epoch = %(epoch)s THEN now() ELSE s.lease_until END
WHERE s.id = %(shard)s

-- name: copy_ledger
COPY sending_delivery (account_id, issue_id, contact_id, attempt, outcome, code) FROM STDIN

-- name: note_replies
INSERT INTO sending_reply (account_id, issue_id, contact_id, attempt, text)
SELECT %(account)s, %(issue)s, r.contact_id, r.attempt, r.text
FROM unnest(%(contacts)s::bigint[], %(attempts)s::smallint[], %(texts)s::text[]) AS r (contact_id, attempt, text)

-- name: add_retries
INSERT INTO sending_retry (account_id, issue_id, shard_id, contact_id, relay_id, lane, attempt, due, code, first_tried)
SELECT %(account)s, %(issue)s, r.shard_id, r.contact_id, s.relay_id, s.lane, r.attempt,
       now() + make_interval(secs => r.wait), r.code, CASE WHEN r.attempt > 1 OR r.code > 0 THEN now() END
FROM unnest(%(shards)s::bigint[], %(contacts)s::bigint[], %(attempts)s::smallint[], %(waits)s::float8[],
            %(codes)s::smallint[]) AS r (shard_id, contact_id, attempt, wait, code)
JOIN sending_shard s ON s.id = r.shard_id

-- name: postpone_retries
UPDATE sending_retry t
SET state = 0, attempt = r.attempt, due = now() + make_interval(secs => r.wait), code = r.code, lease_until = NULL,
    first_tried = CASE WHEN r.attempt > r.tried OR r.code > 0 THEN coalesce(t.first_tried, now()) ELSE t.first_tried END
FROM unnest(%(contacts)s::bigint[], %(tried)s::smallint[], %(attempts)s::smallint[], %(waits)s::float8[],
            %(codes)s::smallint[]) AS r (contact_id, tried, attempt, wait, code)
WHERE t.account_id = %(account)s AND t.issue_id = %(issue)s AND t.contact_id = r.contact_id
  AND t.attempt = r.tried AND t.state = 1
RETURNING t.contact_id

-- name: end_retries
-- Returns the contacts whose retry this was. A retry that someone ordered anew meanwhile has another number.
DELETE FROM sending_retry t
USING unnest(%(contacts)s::bigint[], %(attempts)s::smallint[]) AS r (contact_id, attempt)
WHERE t.account_id = %(account)s AND t.issue_id = %(issue)s AND t.contact_id = r.contact_id
  AND t.attempt = r.attempt AND t.state = 1
RETURNING t.contact_id

-- name: ordered_meanwhile
-- Of a window that is settled long after its lease: who got a new attempt by a person's order since.
SELECT contact_id FROM sending_retry
WHERE account_id = %(account)s AND issue_id = %(issue)s AND contact_id = ANY(%(contacts)s)
UNION
SELECT contact_id FROM sending_delivery
WHERE issue_id = %(issue)s AND contact_id = ANY(%(contacts)s)

-- name: watch
-- For `/metrics`: people without a turn, retries due, seconds that the oldest of these waits, messages in doubt. Looks at
-- the issues under way, and for doubt at those of the last day too.
WITH recent AS (
    SELECT account_id, id, finished_at IS NULL AND state = 0 AS goes, started_at FROM sending_issue
    WHERE finished_at IS NULL OR finished_at > now() - interval '1 day'
),
shards AS (
    SELECT r.goes, s.size - s.upto AS turns, s.lease_until IS NULL OR s.lease_until < now() AS is_free,
           s.state, s.upto - s.sent - s.failed - s.skipped AS open,
           greatest(s.not_before, r.started_at, s.lease_until) AS since
    FROM recent r JOIN sending_shard s ON s.account_id = r.account_id AND s.issue_id = r.id
),
retries AS (
    SELECT count(*) FILTER (WHERE r.goes AND t.state = 0 AND t.due <= now()) AS due,
           min(t.due) FILTER (WHERE r.goes AND t.state = 0 AND t.due <= now()) AS since,
           count(*) FILTER (WHERE t.state = 0 OR t.lease_until >= now()) AS alive
    FROM recent r JOIN sending_retry t ON t.account_id = r.account_id AND t.issue_id = r.id
)
SELECT coalesce(sum(turns) FILTER (WHERE goes AND state = 0), 0), (SELECT due FROM retries),
       coalesce(extract(epoch FROM now() - least(
           min(since) FILTER (WHERE goes AND state = 0 AND is_free AND since <= now()), (SELECT since FROM retries))), 0),
       greatest(0, coalesce(sum(open) FILTER (WHERE state = 1 OR is_free), 0) - (SELECT alive FROM retries))
FROM shards

-- name: stands_written
SELECT 1 FROM sending_delivery
WHERE issue_id = %(issue)s AND contact_id = %(contact)s AND attempt = %(attempt)s

-- name: reopen_issue
-- A window that was settled after its issue was found done or was cancelled, and left retries. Without this they would
-- never be due, nor be skipped.
UPDATE sending_issue SET state = CASE state WHEN 3 THEN 0 ELSE state END, finished_at = NULL
WHERE id = %(issue)s AND finished_at IS NOT NULL

-- name: raise_counters
-- Also names this transaction: when the answer to its COMMIT is lost, `was_committed` says what became of it.
-- Closes the shard too when its last window is settled.
UPDATE sending_shard s
SET sent = s.sent + r.sent, failed = s.failed + r.failed, skipped = s.skipped + r.skipped,
    state = CASE WHEN s.id = %(closes)s AND s.epoch = %(epoch)s AND s.upto = s.size THEN 1 ELSE s.state END,
    lease_until = CASE WHEN s.id = %(closes)s AND s.epoch = %(epoch)s THEN now() ELSE s.lease_until END
FROM unnest(%(shards)s::bigint[], %(sent)s::int[], %(failed)s::int[], %(skipped)s::int[])
     AS r (id, sent, failed, skipped)
WHERE s.id = r.id
RETURNING pg_current_xact_id()::text

-- name: was_committed
SELECT pg_xact_status(%(transaction)s::xid8)

-- name: release_shard
-- Gives a lease back before its time. A shard without turns left is closed.
UPDATE sending_shard
SET lease_until = now(), state = CASE WHEN upto = size THEN 1 ELSE 0 END
WHERE id = %(shard)s AND epoch = %(epoch)s AND state = 0

-- name: shard_stands_at
SELECT upto FROM sending_shard WHERE id = %(shard)s AND epoch = %(epoch)s

-- name: issue_states
-- One that is held (its sender's domain broke) counts as paused.
SELECT id, CASE WHEN state = 0 AND hold <> '' THEN 1 ELSE state END FROM sending_issue WHERE id = ANY(%(issues)s)

-- name: set_reason
UPDATE sending_issue SET reason = %(reason)s
WHERE id = %(issue)s AND finished_at IS NULL AND state = 0 AND hold = '' AND reason <> %(reason)s

-- name: set_relay_reason
-- Says why the issues that go through a relay wait, or (empty) that they go on.
UPDATE sending_issue i SET reason = %(reason)s
WHERE i.finished_at IS NULL AND i.state = 0 AND i.hold = '' AND i.reason <> %(reason)s
  AND (%(reason)s <> '' OR i.reason LIKE 'relay%%')
  AND (EXISTS (SELECT 1 FROM sending_shard s
               WHERE s.account_id = i.account_id AND s.issue_id = i.id AND s.state = 0 AND s.relay_id = %(relay)s)
       OR EXISTS (SELECT 1 FROM sending_retry t
                  WHERE t.account_id = i.account_id AND t.issue_id = i.id AND t.relay_id = %(relay)s))

-- name: set_quiet
-- Says which issues wait for the end of their account's quiet hours, and takes it back when they are over.
UPDATE sending_issue
SET reason = CASE WHEN account_id = ANY(%(quiet)s) THEN 'quiet_hours' ELSE '' END
WHERE finished_at IS NULL AND state = 0 AND hold = ''
  AND (account_id = ANY(%(quiet)s) AND reason <> 'quiet_hours'
       OR account_id <> ALL(%(quiet)s) AND reason = 'quiet_hours')

-- name: tempos
-- What accounts that have something under way ask of their own sending.
SELECT t.account_id, t.per_hour, t.quiet_from, t.quiet_until, t.time_zone FROM sending_tempo t
WHERE t.account_id IN (SELECT account_id FROM sending_issue WHERE finished_at IS NULL)

-- name: domains
-- What they ask of one sender domain: messages an hour, or a warm-up.
WITH busy AS MATERIALIZED (SELECT DISTINCT account_id FROM sending_issue WHERE finished_at IS NULL)
SELECT d.account_id, d.domain, d.per_hour, NULL::date, NULL::int FROM sending_domainlimit d JOIN busy USING (account_id)
UNION ALL
SELECT w.account_id, w.domain, NULL, w.first_day, w.first FROM sending_warmup w JOIN busy USING (account_id)

-- name: make_meters
INSERT INTO sending_meter (key) SELECT unnest(%(keys)s::text[]) ON CONFLICT (key) DO NOTHING

-- name: lock_meters
-- Returns the meters as they stand and the database's clock, for `pace` to decide on; in the order of their keys, so
-- that two engines never wait for each other.
SELECT key, free_at, day, used, step, stepped_at, rests_until, extract(epoch FROM clock_timestamp())::float8
FROM sending_meter WHERE key = ANY(%(keys)s) ORDER BY key FOR UPDATE

-- name: write_meters
UPDATE sending_meter m
SET free_at = r.free_at, day = r.day, used = r.used, step = r.step, stepped_at = r.stepped_at,
    rests_until = r.rests_until, at = now()
FROM unnest(%(keys)s::text[], %(free_at)s::float8[], %(day)s::int[], %(used)s::int[], %(step)s::smallint[],
            %(stepped_at)s::float8[], %(rests_until)s::float8[])
     AS r (key, free_at, day, used, step, stepped_at, rests_until)
WHERE m.key = r.key

-- name: hold_relays
-- Each engine says which relays it uses and whether it reaches them; one that is silent for 5 seconds doesn't count.
INSERT INTO sending_hold AS h (relay_id, engine, until, down_until)
SELECT r.relay_id, %(engine)s, now() + interval '5 seconds', CASE WHEN r.down THEN now() + interval '10 seconds' END
FROM unnest(%(relays)s::bigint[], %(down)s::bool[]) AS r (relay_id, down)
ON CONFLICT (relay_id, engine) DO UPDATE
SET since = CASE WHEN h.until < now() THEN now() ELSE h.since END, until = excluded.until,
    down_until = excluded.down_until

-- name: holders
SELECT relay_id, engine, extract(epoch FROM now() - since)::float8 FROM sending_hold
WHERE relay_id = ANY(%(relays)s) AND until > now() ORDER BY relay_id, since, engine

-- name: leave_relays
DELETE FROM sending_hold WHERE engine = %(engine)s AND relay_id <> ALL(%(relays)s) OR until < now() - interval '1 minute'

-- name: skip_cancelled_shards
-- Writes down everyone who had no turn when their issue was cancelled; returns nothing once all are.
WITH left_over AS (
    SELECT s.id, s.upto FROM sending_issue i
    JOIN sending_shard s ON s.account_id = i.account_id AND s.issue_id = i.id
    WHERE i.finished_at IS NULL AND i.state = 2 AND s.state = 0
      AND (s.lease_until IS NULL OR s.lease_until < now())
    LIMIT 20 FOR UPDATE OF s SKIP LOCKED
),
ended AS (
    UPDATE sending_shard s
    SET upto = s.size, skipped = s.skipped + s.size - l.upto, state = 1, epoch = s.epoch + 1, lease_until = now()
    FROM left_over l WHERE s.id = l.id
    RETURNING s.account_id, s.issue_id, s.contact_ids[l.upto + 1:] AS ids
)
INSERT INTO sending_delivery (account_id, issue_id, contact_id, attempt, outcome, code)
SELECT account_id, issue_id, unnest(ids), 1, 3, 4 FROM ended
RETURNING 1

-- name: skip_cancelled_retries
WITH ended AS (
    DELETE FROM sending_retry t USING sending_issue i
    WHERE i.finished_at IS NULL AND i.state = 2 AND t.account_id = i.account_id AND t.issue_id = i.id AND t.state = 0
    RETURNING t.account_id, t.issue_id, t.shard_id, t.contact_id, t.attempt
),
counted AS (
    UPDATE sending_shard s SET skipped = s.skipped + e.n
    FROM (SELECT shard_id, count(*) AS n FROM ended GROUP BY shard_id) e WHERE s.id = e.shard_id
)
INSERT INTO sending_delivery (account_id, issue_id, contact_id, attempt, outcome, code)
SELECT account_id, issue_id, contact_id, attempt, 3, 4 FROM ended

-- name: finish_issues
-- Done when no shard is open and no retry is due or on its way; what is in doubt doesn't hold an issue open.
UPDATE sending_issue i
SET state = CASE i.state WHEN 0 THEN 3 ELSE i.state END, finished_at = now(), reason = ''
WHERE i.finished_at IS NULL AND i.state IN (0, 2)
  AND NOT EXISTS (SELECT 1 FROM sending_shard s
                  WHERE s.account_id = i.account_id AND s.issue_id = i.id AND s.state = 0)
  AND NOT EXISTS (SELECT 1 FROM sending_retry t
                  WHERE t.account_id = i.account_id AND t.issue_id = i.id
                    AND (t.state = 0 OR t.lease_until >= now()))
RETURNING i.id
