-- A service call is of no debt, and a test call of none either: BI tools read neither, as no report does.
CREATE OR REPLACE VIEW bi_attempt AS SELECT a.id AS attempt, to_char(to_timestamp(a.reserved_at / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS reserved_at, g.name AS campaign, p.external_id AS person,
    d.external_id AS debt, k.name AS creditor, a.trunk, a.channel, a.debtor_type, a.debt_kind, a.age_days, a.local_hour,
    a.amount_minor, a.currency, a.outcome, a.disposition, a.identified, a.promised_on,
    to_char(to_timestamp(a.answer_at / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS answered_at, to_char(to_timestamp(a.end_at / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS ended_at, a.cost_micro
    FROM attempt a JOIN campaign g ON g.id = a.campaign_id JOIN person p ON p.id = a.person_id
    JOIN debt d ON d.id = a.debt_id JOIN creditor k ON k.id = a.creditor_id WHERE a.outcome IS NOT NULL
    AND k.name NOT IN ('obzvon: service calls', 'obzvon: test calls');
CREATE OR REPLACE VIEW bi_debt AS SELECT d.external_id AS debt, k.name AS creditor, p.external_id AS person, p.debtor_type, d.amount_minor,
    d.currency, d.due_date, d.state FROM debt d JOIN person p ON p.id = d.person_id JOIN creditor k ON k.id = d.creditor_id
    WHERE k.name NOT IN ('obzvon: service calls', 'obzvon: test calls');
CREATE OR REPLACE VIEW bi_payment AS SELECT y.external_id AS payment, d.external_id AS debt, k.name AS creditor, y.amount_minor, y.currency,
    to_char(to_timestamp(y.paid_at / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS paid_at, to_char(to_timestamp(y.received_at / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS received_at FROM payment y JOIN debt d ON d.id = y.debt_id
    JOIN creditor k ON k.id = d.creditor_id
    WHERE k.name NOT IN ('obzvon: service calls', 'obzvon: test calls');
CREATE OR REPLACE VIEW bi_promise AS SELECT r.attempt_id AS attempt, d.external_id AS debt, k.name AS creditor, to_char(to_timestamp(r.made_at / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS made_at,
    r.promised_on, r.amount_minor, r.currency, r.state FROM promise r JOIN debt d ON d.id = r.debt_id
    JOIN creditor k ON k.id = d.creditor_id
    WHERE k.name NOT IN ('obzvon: service calls', 'obzvon: test calls');
