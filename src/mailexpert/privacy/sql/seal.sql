-- Per account: how many lines there are between two numbers, and one digest of them, with the place of the next link.
-- A line's own hash holds all that it says, and the very words that prove it. The same expression as in check_links.sql.
WITH sealed AS (
    SELECT c.account_id, count(*) AS lines,
           sha256(string_agg(sha256(convert_to(format('%%s|%%s|%%s|%%s|%%s|%%s|%%s|%%s|%%s|%%s|%%s|%%s|%%s|%%s',
               c.id, c.contact_id, encode(c.person, 'hex'), c.list_id, c.issue_id, c.evidence_id, c.act, c.purpose,
               c.ground, c.source, to_char(c.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
               e.by_id, e.source, e.text), 'UTF8')), ''::bytea ORDER BY c.id)) AS digest
    FROM privacy_consent c
    LEFT JOIN privacy_evidence e ON e.account_id = c.account_id AND e.id = c.evidence_id
    WHERE c.id BETWEEN %(first)s AND %(last)s
    GROUP BY c.account_id
)
SELECT s.account_id, s.lines, s.digest, coalesce(l.n, 0) + 1, l.hash
FROM sealed s
LEFT JOIN LATERAL (
    SELECT n, hash FROM privacy_link WHERE account_id = s.account_id ORDER BY n DESC LIMIT 1
) l ON true
ORDER BY s.account_id
