-- Test calls are proof of themselves and are counted nowhere. The person made up for one had the number in his id; the sums
-- that had test calls in them are counted anew by the next start.
UPDATE person SET external_id = 'obzvon-test-' || id WHERE id IN (SELECT d.person_id FROM debt d
    JOIN creditor k ON k.id = d.creditor_id WHERE k.name = 'obzvon: test calls');
UPDATE debt SET external_id = 'obzvon-test-' || person_id
    WHERE creditor_id IN (SELECT id FROM creditor WHERE name = 'obzvon: test calls');
DELETE FROM tally_effect WHERE EXISTS (SELECT 1 FROM creditor WHERE name = 'obzvon: test calls');
DELETE FROM tally_call WHERE EXISTS (SELECT 1 FROM creditor WHERE name = 'obzvon: test calls');
DELETE FROM tally_use WHERE EXISTS (SELECT 1 FROM creditor WHERE name = 'obzvon: test calls');
DELETE FROM tally_account WHERE EXISTS (SELECT 1 FROM creditor WHERE name = 'obzvon: test calls');
UPDATE tally_plan SET built_upto = 0 WHERE EXISTS (SELECT 1 FROM creditor WHERE name = 'obzvon: test calls');

-- What BI tools may read, without them.
DROP VIEW bi_attempt;
CREATE VIEW bi_attempt AS SELECT a.id AS attempt, strftime('%Y-%m-%dT%H:%M:%SZ', a.reserved_at / 1000000, 'unixepoch') AS reserved_at, g.name AS campaign, p.external_id AS person,
    d.external_id AS debt, k.name AS creditor, a.trunk, a.channel, a.debtor_type, a.debt_kind, a.age_days, a.local_hour,
    a.amount_minor, a.currency, a.outcome, a.disposition, a.identified, a.promised_on,
    strftime('%Y-%m-%dT%H:%M:%SZ', a.answer_at / 1000000, 'unixepoch') AS answered_at, strftime('%Y-%m-%dT%H:%M:%SZ', a.end_at / 1000000, 'unixepoch') AS ended_at, a.cost_micro
    FROM attempt a JOIN campaign g ON g.id = a.campaign_id JOIN person p ON p.id = a.person_id
    JOIN debt d ON d.id = a.debt_id JOIN creditor k ON k.id = a.creditor_id WHERE a.outcome IS NOT NULL
    AND k.name <> 'obzvon: test calls';
DROP VIEW bi_debt;
CREATE VIEW bi_debt AS SELECT d.external_id AS debt, k.name AS creditor, p.external_id AS person, p.debtor_type, d.amount_minor,
    d.currency, d.due_date, d.state FROM debt d JOIN person p ON p.id = d.person_id JOIN creditor k ON k.id = d.creditor_id
    WHERE k.name <> 'obzvon: test calls';
DROP VIEW bi_promise;
CREATE VIEW bi_promise AS SELECT r.attempt_id AS attempt, d.external_id AS debt, k.name AS creditor, strftime('%Y-%m-%dT%H:%M:%SZ', r.made_at / 1000000, 'unixepoch') AS made_at,
    r.promised_on, r.amount_minor, r.currency, r.state FROM promise r JOIN debt d ON d.id = r.debt_id
    JOIN creditor k ON k.id = d.creditor_id
    WHERE k.name <> 'obzvon: test calls';
