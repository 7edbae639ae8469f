-- Every statement of the delivery engine, by name. They run as the owner, beside the wall between accounts; each
-- names the account of its rows. Two rules keep a person from getting a mail twice: a turn is taken only by the
-- one-row compare-and-set of `open_window` or by `claim_retries`, both committed before anything is sent.

-- name: relays_with_work
-- Returns the relays that have a shard to claim or a retry due; id 0 is the installation's default.
SELECT DISTINCT coalesce(r.id, 0), coalesce(r.account_id, 0), r.host, r.port, r.security, r.verify,
       r.username, r.secret, r.max_connections
FROM sending_issue i
LEFT JOIN sending_relay r ON r.account_id = i.account_id AND r.id = i.relay_id
WHERE i.finished_at IS NULL AND i.state = 0
  AND (EXISTS (SELECT 1 FROM sending_shard s
               WHERE s.account_id = i.account_id AND s.issue_id = i.id AND s.state = 0
                 AND s.not_before <= now() AND (s.lease_until IS NULL OR s.lease_until < now()))
       OR EXISTS (SELECT 1 FROM sending_retry t
                  WHERE t.account_id = i.account_id AND t.issue_id = i.id AND t.state = 0 AND t.due <= now()))

-- name: claim_shards
-- Leases one shard each of up to %(room)s issues that we hold none of. The order of issues is drawn by lot: over
-- time every issue gets the same share of turns, and no engine has to keep score.
WITH turn AS (
    SELECT s.id
    FROM (SELECT account_id, id FROM sending_issue
          WHERE finished_at IS NULL AND state = 0 AND coalesce(relay_id, 0) = %(relay)s AND id <> ALL(%(held)s)
          ORDER BY random()) i
    CROSS JOIN LATERAL (
        SELECT id FROM sending_shard
        WHERE account_id = i.account_id AND issue_id = i.id AND state = 0
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
        WHERE account_id = i.account_id AND issue_id = i.id AND state = 0 AND due <= now() LIMIT 1) t
    WHERE i.finished_at IS NULL AND i.state = 0 AND coalesce(i.relay_id, 0) = %(relay)s
      AND i.id <> ALL(%(held)s)
    ORDER BY random() LIMIT 1
),
due AS (
    SELECT t.id FROM sending_retry t, turn
    WHERE t.account_id = turn.account_id AND t.issue_id = turn.issue_id AND t.state = 0 AND t.due <= now()
    ORDER BY t.due LIMIT %(room)s FOR UPDATE OF t SKIP LOCKED
)
UPDATE sending_retry t
SET state = 1, epoch = t.epoch + 1, lease_until = now() + make_interval(secs => %(lease)s)
FROM due WHERE t.id = due.id
RETURNING t.account_id, t.issue_id, t.shard_id, t.contact_id, t.attempt, t.id

-- name: load_issue
SELECT id, account_id, kind, coalesce(relay_id, 0) AS relay_id, sender_name, sender_address, reply_to, subject,
       html, text, preheader, fields, links, list_ids, purpose, tracking, language, sender_line
FROM sending_issue WHERE id = %(issue)s

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
)
SELECT turn.id, c.email,
       CASE WHEN c.id IS NULL THEN 5
            WHEN EXISTS (SELECT 1 FROM sending_suppression x
                         WHERE x.account_id = %(account)s AND x.email_key = c.email_key) THEN 2
            WHEN stopped.contact_id IS NOT NULL THEN 1
            WHEN %(consent)s AND NOT coalesce(standing.mailable, false)
                 THEN CASE WHEN standing.ended THEN 1 ELSE 3 END
            ELSE 0 END{columns}
FROM turns, unnest(turns.ids) WITH ORDINALITY AS turn (id, place)
LEFT JOIN present c ON c.id = turn.id
LEFT JOIN standing ON standing.contact_id = turn.id
LEFT JOIN stopped ON stopped.contact_id = turn.id
ORDER BY turn.place

-- name: open_window
-- The permission to send: touches one row or none. Whoever is skipped is written down in the same commit.
WITH opened AS (
    UPDATE sending_shard s
    SET upto = s.upto + %(size)s, lease_until = now() + make_interval(secs => %(lease)s),
        skipped = s.skipped + cardinality(%(skipped)s::bigint[])
    FROM sending_issue i
    WHERE s.id = %(shard)s AND s.epoch = %(epoch)s AND s.upto = %(upto)s AND s.state = 0
      AND i.account_id = s.account_id AND i.id = s.issue_id AND i.state = 0
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
INSERT INTO sending_retry (account_id, issue_id, shard_id, contact_id, attempt, due, code)
SELECT %(account)s, %(issue)s, r.shard_id, r.contact_id, r.attempt, now() + make_interval(secs => r.wait), r.code
FROM unnest(%(shards)s::bigint[], %(contacts)s::bigint[], %(attempts)s::smallint[], %(waits)s::float8[],
            %(codes)s::smallint[]) AS r (shard_id, contact_id, attempt, wait, code)

-- name: postpone_retries
UPDATE sending_retry t
SET state = 0, attempt = r.attempt, due = now() + make_interval(secs => r.wait), code = r.code, lease_until = NULL
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

-- name: reopen_issue
-- A window that was settled after its issue was found done, and left retries.
UPDATE sending_issue SET state = 0, finished_at = NULL
WHERE id = %(issue)s AND state = 3

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
SELECT id, state FROM sending_issue WHERE id = ANY(%(issues)s)

-- name: set_reason
-- Says why the issues of a relay wait, or (empty) that they go on.
UPDATE sending_issue SET reason = %(reason)s
WHERE finished_at IS NULL AND state = 0 AND reason <> %(reason)s
  AND coalesce(relay_id, 0) = %(relay)s AND (%(issue)s = 0 OR id = %(issue)s)

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
