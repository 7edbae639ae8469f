-- Every link in order, with what its lines are now. The same expression as in seal.sql.
SELECT l.account_id, l.n, l.first_id, l.last_id, l.lines, l.digest, l.prev, l.hash, now_.lines, now_.digest
FROM privacy_link l
LEFT JOIN LATERAL (
    SELECT count(*) AS lines,
           coalesce(sha256(string_agg(sha256(convert_to(format('%%s|%%s|%%s|%%s|%%s|%%s|%%s|%%s|%%s|%%s|%%s|%%s|%%s|%%s',
               c.id, c.contact_id, encode(c.person, 'hex'), c.list_id, c.issue_id, c.evidence_id, c.act, c.purpose,
               c.ground, c.source, to_char(c.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
               e.by_id, e.source, e.text), 'UTF8')), ''::bytea ORDER BY c.id)), ''::bytea) AS digest
    FROM privacy_consent c
    LEFT JOIN privacy_evidence e ON e.account_id = c.account_id AND e.id = c.evidence_id
    WHERE c.account_id = l.account_id AND c.id BETWEEN l.first_id AND l.last_id
) now_ ON true
WHERE %(account)s::bigint IS NULL OR l.account_id = %(account)s::bigint
ORDER BY l.account_id, l.n
