-- Who of an issue's people is in a segment that one of its blocks is shown to, as sending starts: 200 ids a row, which
-- fit on the row's own page. The engine finds a person's row by the first id of each (delivery/outbox_pg.py). One row a
-- person would be a hundred times the rows and two index entries each. The condition (contacts/rules/sql.py) stands in
-- the place of the mark.
WITH people AS (
    SELECT c.id, (row_number() OVER (ORDER BY c.id) - 1) / 200 AS part
    FROM contacts_contact c
    WHERE c.account_id = %(account)s
      AND c.id IN (SELECT unnest(s.contact_ids) FROM sending_shard s
                   WHERE s.account_id = %(account)s AND s.issue_id = %(issue)s)
      AND /* segments */ true
)
INSERT INTO sending_circle (account_id, issue_id, segment_id, first, contact_ids)
SELECT %(account)s, %(issue)s, %(segment)s, min(id), array_agg(id ORDER BY id) FROM people GROUP BY part
