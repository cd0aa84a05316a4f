-- A service call is of no debt, and a test call of none either: BI tools read neither, as no report does.
DROP VIEW bi_attempt;
CREATE VIEW bi_attempt AS SELECT a.id AS attempt, strftime('%Y-%m-%dT%H:%M:%SZ', a.reserved_at / 1000000, 'unixepoch') AS reserved_at, g.name AS campaign, p.external_id AS person,
    d.external_id AS debt, k.name AS creditor, a.trunk, a.channel, a.debtor_type, a.debt_kind, a.age_days, a.local_hour,
    a.amount_minor, a.currency, a.outcome, a.disposition, a.identified, a.promised_on,
    strftime('%Y-%m-%dT%H:%M:%SZ', a.answer_at / 1000000, 'unixepoch') AS answered_at, strftime('%Y-%m-%dT%H:%M:%SZ', a.end_at / 1000000, 'unixepoch') AS ended_at, a.cost_micro
    FROM attempt a JOIN campaign g ON g.id = a.campaign_id JOIN person p ON p.id = a.person_id
    JOIN debt d ON d.id = a.debt_id JOIN creditor k ON k.id = a.creditor_id WHERE a.outcome IS NOT NULL
    AND k.name NOT IN ('obzvon: service calls', 'obzvon: test calls');
DROP VIEW bi_debt;
CREATE VIEW bi_debt AS SELECT d.external_id AS debt, k.name AS creditor, p.external_id AS person, p.debtor_type, d.amount_minor,
    d.currency, d.due_date, d.state FROM debt d JOIN person p ON p.id = d.person_id JOIN creditor k ON k.id = d.creditor_id
    WHERE k.name NOT IN ('obzvon: service calls', 'obzvon: test calls');
DROP VIEW bi_payment;
CREATE VIEW bi_payment AS SELECT y.external_id AS payment, d.external_id AS debt, k.name AS creditor, y.amount_minor, y.currency,
    strftime('%Y-%m-%dT%H:%M:%SZ', y.paid_at / 1000000, 'unixepoch') AS paid_at, strftime('%Y-%m-%dT%H:%M:%SZ', y.received_at / 1000000, 'unixepoch') AS received_at FROM payment y JOIN debt d ON d.id = y.debt_id
    JOIN creditor k ON k.id = d.creditor_id
    WHERE k.name NOT IN ('obzvon: service calls', 'obzvon: test calls');
DROP VIEW bi_promise;
CREATE VIEW bi_promise AS SELECT r.attempt_id AS attempt, d.external_id AS debt, k.name AS creditor, strftime('%Y-%m-%dT%H:%M:%SZ', r.made_at / 1000000, 'unixepoch') AS made_at,
    r.promised_on, r.amount_minor, r.currency, r.state FROM promise r JOIN debt d ON d.id = r.debt_id
    JOIN creditor k ON k.id = d.creditor_id
    WHERE k.name NOT IN ('obzvon: service calls', 'obzvon: test calls');
