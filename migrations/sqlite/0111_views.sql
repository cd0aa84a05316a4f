-- What BI tools may read: names and columns that stay. Nothing here tells a name, a telephone or an address; a person is the
-- list's id. Days and moments are text in UTC, money is in minor units of `currency`. A migration that makes one of these
-- tables anew drops the view before and makes it again after.

-- Actions against reactions by day.
CREATE VIEW bi_effect_day AS SELECT date(t.day * 86400, 'unixepoch') AS day, t.channel, t.debtor_type, t.debt_kind, k.name AS creditor,
    g.name AS campaign, t.day_part, t.age, t.currency,
    CAST(SUM(t.attempts) AS BIGINT) AS attempts, CAST(SUM(t.faults) AS BIGINT) AS faults,
    CAST(SUM(t.cost_micro) AS BIGINT) AS cost_micro, CAST(SUM(t.talk_us) AS BIGINT) AS talk_us,
    CAST(SUM(t.actions) AS BIGINT) AS actions, CAST(SUM(t.actions_minor) AS BIGINT) AS actions_minor,
    CAST(SUM(t.answered) AS BIGINT) AS answered, CAST(SUM(t.answered_minor) AS BIGINT) AS answered_minor,
    CAST(SUM(t.right_party) AS BIGINT) AS right_party,
    CAST(SUM(t.right_party_minor) AS BIGINT) AS right_party_minor,
    CAST(SUM(t.amount_heard) AS BIGINT) AS amount_heard,
    CAST(SUM(t.amount_heard_minor) AS BIGINT) AS amount_heard_minor, CAST(SUM(t.promise) AS BIGINT) AS promise,
    CAST(SUM(t.promise_minor) AS BIGINT) AS promise_minor, CAST(SUM(t.dated) AS BIGINT) AS dated,
    CAST(SUM(t.dated_minor) AS BIGINT) AS dated_minor, CAST(SUM(t.kept) AS BIGINT) AS kept,
    CAST(SUM(t.kept_minor) AS BIGINT) AS kept_minor, CAST(SUM(t.broken) AS BIGINT) AS broken,
    CAST(SUM(t.broken_minor) AS BIGINT) AS broken_minor, CAST(SUM(t.part_paid) AS BIGINT) AS part_paid,
    CAST(SUM(t.part_paid_minor) AS BIGINT) AS part_paid_minor, CAST(SUM(t.full_paid) AS BIGINT) AS full_paid,
    CAST(SUM(t.full_paid_minor) AS BIGINT) AS full_paid_minor, CAST(SUM(t.dispute) AS BIGINT) AS dispute,
    CAST(SUM(t.dispute_minor) AS BIGINT) AS dispute_minor, CAST(SUM(t.complaint) AS BIGINT) AS complaint,
    CAST(SUM(t.complaint_minor) AS BIGINT) AS complaint_minor, CAST(SUM(t.opt_out) AS BIGINT) AS opt_out,
    CAST(SUM(t.opt_out_minor) AS BIGINT) AS opt_out_minor, CAST(SUM(t.refused) AS BIGINT) AS refused,
    CAST(SUM(t.refused_minor) AS BIGINT) AS refused_minor, CAST(SUM(t.no_reaction) AS BIGINT) AS no_reaction,
    CAST(SUM(t.no_reaction_minor) AS BIGINT) AS no_reaction_minor,
    CAST(SUM(t.credited_last) AS BIGINT) AS credited_last,
    CAST(SUM(t.credited_last_minor) AS BIGINT) AS credited_last_minor,
    CAST(SUM(t.credited_first) AS BIGINT) AS credited_first,
    CAST(SUM(t.credited_first_minor) AS BIGINT) AS credited_first_minor,
    CAST(SUM(t.credited_linear) AS BIGINT) AS credited_linear,
    CAST(SUM(t.credited_linear_minor) AS BIGINT) AS credited_linear_minor
    FROM tally_effect t JOIN creditor k ON k.id = t.creditor_id LEFT JOIN campaign g ON g.id = t.campaign_id
    WHERE t.level = 1
    GROUP BY t.day, t.channel, t.debtor_type, t.debt_kind, k.name, g.name, t.day_part, t.age, t.currency;

-- The same by month; `day` is its first.
CREATE VIEW bi_effect_month AS SELECT date(t.day * 86400, 'unixepoch') AS day, t.channel, t.debtor_type, t.debt_kind, k.name AS creditor,
    g.name AS campaign, t.day_part, t.age, t.currency,
    CAST(SUM(t.attempts) AS BIGINT) AS attempts, CAST(SUM(t.faults) AS BIGINT) AS faults,
    CAST(SUM(t.cost_micro) AS BIGINT) AS cost_micro, CAST(SUM(t.talk_us) AS BIGINT) AS talk_us,
    CAST(SUM(t.actions) AS BIGINT) AS actions, CAST(SUM(t.actions_minor) AS BIGINT) AS actions_minor,
    CAST(SUM(t.answered) AS BIGINT) AS answered, CAST(SUM(t.answered_minor) AS BIGINT) AS answered_minor,
    CAST(SUM(t.right_party) AS BIGINT) AS right_party,
    CAST(SUM(t.right_party_minor) AS BIGINT) AS right_party_minor,
    CAST(SUM(t.amount_heard) AS BIGINT) AS amount_heard,
    CAST(SUM(t.amount_heard_minor) AS BIGINT) AS amount_heard_minor, CAST(SUM(t.promise) AS BIGINT) AS promise,
    CAST(SUM(t.promise_minor) AS BIGINT) AS promise_minor, CAST(SUM(t.dated) AS BIGINT) AS dated,
    CAST(SUM(t.dated_minor) AS BIGINT) AS dated_minor, CAST(SUM(t.kept) AS BIGINT) AS kept,
    CAST(SUM(t.kept_minor) AS BIGINT) AS kept_minor, CAST(SUM(t.broken) AS BIGINT) AS broken,
    CAST(SUM(t.broken_minor) AS BIGINT) AS broken_minor, CAST(SUM(t.part_paid) AS BIGINT) AS part_paid,
    CAST(SUM(t.part_paid_minor) AS BIGINT) AS part_paid_minor, CAST(SUM(t.full_paid) AS BIGINT) AS full_paid,
    CAST(SUM(t.full_paid_minor) AS BIGINT) AS full_paid_minor, CAST(SUM(t.dispute) AS BIGINT) AS dispute,
    CAST(SUM(t.dispute_minor) AS BIGINT) AS dispute_minor, CAST(SUM(t.complaint) AS BIGINT) AS complaint,
    CAST(SUM(t.complaint_minor) AS BIGINT) AS complaint_minor, CAST(SUM(t.opt_out) AS BIGINT) AS opt_out,
    CAST(SUM(t.opt_out_minor) AS BIGINT) AS opt_out_minor, CAST(SUM(t.refused) AS BIGINT) AS refused,
    CAST(SUM(t.refused_minor) AS BIGINT) AS refused_minor, CAST(SUM(t.no_reaction) AS BIGINT) AS no_reaction,
    CAST(SUM(t.no_reaction_minor) AS BIGINT) AS no_reaction_minor,
    CAST(SUM(t.credited_last) AS BIGINT) AS credited_last,
    CAST(SUM(t.credited_last_minor) AS BIGINT) AS credited_last_minor,
    CAST(SUM(t.credited_first) AS BIGINT) AS credited_first,
    CAST(SUM(t.credited_first_minor) AS BIGINT) AS credited_first_minor,
    CAST(SUM(t.credited_linear) AS BIGINT) AS credited_linear,
    CAST(SUM(t.credited_linear_minor) AS BIGINT) AS credited_linear_minor
    FROM tally_effect t JOIN creditor k ON k.id = t.creditor_id LEFT JOIN campaign g ON g.id = t.campaign_id
    WHERE t.level = 2
    GROUP BY t.day, t.channel, t.debtor_type, t.debt_kind, k.name, g.name, t.day_part, t.age, t.currency;

-- Closed attempts by day.
CREATE VIEW bi_call_day AS SELECT date(t.day * 86400, 'unixepoch') AS day, g.name AS campaign, t.trunk, t.channel, t.outcome, t.disposition,
    t.currency, CAST(SUM(t.attempts) AS BIGINT) AS attempts, CAST(SUM(t.connected) AS BIGINT) AS connected,
    CAST(SUM(t.identified) AS BIGINT) AS identified, CAST(SUM(t.talk_us) AS BIGINT) AS talk_us,
    CAST(SUM(t.cost_micro) AS BIGINT) AS cost_micro
    FROM tally_call t JOIN campaign g ON g.id = t.campaign_id WHERE t.level = 1
    GROUP BY t.day, g.name, t.trunk, t.channel, t.outcome, t.disposition, t.currency;

-- Every closed attempt.
CREATE VIEW bi_attempt AS SELECT a.id AS attempt, strftime('%Y-%m-%dT%H:%M:%SZ', a.reserved_at / 1000000, 'unixepoch') AS reserved_at, g.name AS campaign, p.external_id AS person,
    d.external_id AS debt, k.name AS creditor, a.trunk, a.channel, a.debtor_type, a.debt_kind, a.age_days, a.local_hour,
    a.amount_minor, a.currency, a.outcome, a.disposition, a.identified, a.promised_on,
    strftime('%Y-%m-%dT%H:%M:%SZ', a.answer_at / 1000000, 'unixepoch') AS answered_at, strftime('%Y-%m-%dT%H:%M:%SZ', a.end_at / 1000000, 'unixepoch') AS ended_at, a.cost_micro
    FROM attempt a JOIN campaign g ON g.id = a.campaign_id JOIN person p ON p.id = a.person_id
    JOIN debt d ON d.id = a.debt_id JOIN creditor k ON k.id = a.creditor_id WHERE a.outcome IS NOT NULL;

-- Every debt.
CREATE VIEW bi_debt AS SELECT d.external_id AS debt, k.name AS creditor, p.external_id AS person, p.debtor_type, d.amount_minor,
    d.currency, d.due_date, d.state FROM debt d JOIN person p ON p.id = d.person_id JOIN creditor k ON k.id = d.creditor_id;

-- Every payment.
CREATE VIEW bi_payment AS SELECT y.external_id AS payment, d.external_id AS debt, k.name AS creditor, y.amount_minor, y.currency,
    strftime('%Y-%m-%dT%H:%M:%SZ', y.paid_at / 1000000, 'unixepoch') AS paid_at, strftime('%Y-%m-%dT%H:%M:%SZ', y.received_at / 1000000, 'unixepoch') AS received_at FROM payment y JOIN debt d ON d.id = y.debt_id
    JOIN creditor k ON k.id = d.creditor_id;

-- Every promise.
CREATE VIEW bi_promise AS SELECT r.attempt_id AS attempt, d.external_id AS debt, k.name AS creditor, strftime('%Y-%m-%dT%H:%M:%SZ', r.made_at / 1000000, 'unixepoch') AS made_at,
    r.promised_on, r.amount_minor, r.currency, r.state FROM promise r JOIN debt d ON d.id = r.debt_id
    JOIN creditor k ON k.id = d.creditor_id;
