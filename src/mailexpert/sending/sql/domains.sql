-- Adds up what each receiving domain took and refused of a finished issue; returns nothing. A domain of fewer than 20
-- people would be a person's own: those go together, without a name.
WITH gone AS (
    DELETE FROM sending_domaincount WHERE account_id = %(account)s AND issue_id = %(issue)s
),
counted AS (
    SELECT split_part(c.email_key, '@', -1) AS domain,
           count(*) FILTER (WHERE d.outcome = 1) AS sent, count(*) FILTER (WHERE d.outcome = 2) AS failed
    FROM sending_delivery d
    JOIN contacts_contact c ON c.account_id = %(account)s AND c.id = d.contact_id
    WHERE d.account_id = %(account)s AND d.issue_id = %(issue)s AND d.outcome IN (1, 2)
    GROUP BY 1
)
INSERT INTO sending_domaincount (account_id, issue_id, domain, sent, failed)
SELECT %(account)s, %(issue)s, CASE WHEN sent + failed >= 20 AND domain NOT LIKE '#%%' THEN domain ELSE '' END,
       sum(sent), sum(failed)
FROM counted GROUP BY 3
ON CONFLICT (account_id, issue_id, domain) DO UPDATE SET sent = excluded.sent, failed = excluded.failed
