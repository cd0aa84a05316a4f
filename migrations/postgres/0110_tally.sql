-- What the reports read instead of every row: sums by cells, kept in the same transaction as the rows they are of.

-- What was known at the time and is needed to count: the hour on the debtor's own clock, and the days the debt was
-- overdue. Absent of calls before this version, but for the days, which are by the date the debt bears now.
ALTER TABLE attempt ADD COLUMN local_hour BIGINT CHECK (local_hour BETWEEN 0 AND 23);
ALTER TABLE attempt ADD COLUMN age_days BIGINT;
UPDATE attempt SET age_days = (SELECT GREATEST(0, CAST(to_timestamp(attempt.reserved_at / 1000000) AT TIME ZONE 'UTC'
    AS date) - CAST(d.due_date AS date)) FROM debt d WHERE d.id = attempt.debt_id);
CREATE INDEX attempt_debt ON attempt (debt_id);
CREATE INDEX reaction_complaint ON reaction (debt_id) WHERE kind = 'complaint';

-- Uses of a channel on a debt that other systems told of: an entry of the ledger with what was known of the debt then.
CREATE TABLE outside_action (
    event_id     BIGINT PRIMARY KEY REFERENCES event (id),
    debt_id      BIGINT NOT NULL REFERENCES debt (id),
    at           BIGINT NOT NULL,
    debtor_type  TEXT   NOT NULL,
    creditor_id  BIGINT NOT NULL REFERENCES creditor (id),
    local_hour   BIGINT CHECK (local_hour BETWEEN 0 AND 23),
    age_days     BIGINT NOT NULL,
    debt_kind    TEXT   NOT NULL CHECK (debt_kind IN ('current', 'overdue', 'collectible')),
    amount_minor BIGINT NOT NULL,
    currency     TEXT   NOT NULL
);
CREATE INDEX outside_action_debt ON outside_action (debt_id);
CREATE INDEX outside_action_at ON outside_action (at);
INSERT INTO outside_action (event_id, debt_id, at, debtor_type, creditor_id, age_days, debt_kind, amount_minor, currency)
    SELECT w.id, w.debt_id, w.at, w.debtor_type, w.creditor_id, w.age,
    CASE WHEN w.age = 0 THEN 'current' WHEN w.age < 1096 THEN 'overdue' ELSE 'collectible' END, w.amount_minor, w.currency
    FROM (SELECT e.id, e.debt_id, e.at, p.debtor_type, d.creditor_id, GREATEST(0, CAST(to_timestamp(e.at / 1000000) AT TIME ZONE 'UTC' AS date) - CAST(d.due_date AS date)) AS age,
    d.amount_minor, d.currency FROM event e JOIN debt d ON d.id = e.debt_id JOIN person p ON p.id = d.person_id
    WHERE e.attempt_id IS NULL) w;

-- How long each channel is believed, as the sums were counted (JSON), and up to which debt they are counted.
CREATE TABLE tally_plan (
    id         BIGINT PRIMARY KEY CHECK (id = 1),
    windows    TEXT   NOT NULL,
    built_upto BIGINT NOT NULL
);
INSERT INTO tally_plan (id, windows, built_upto) SELECT 1, '{"otherwise":30}',
    CASE WHEN EXISTS (SELECT 1 FROM attempt) OR EXISTS (SELECT 1 FROM outside_action) THEN 0
    ELSE 9223372036854775807 END;

-- The cells. `level` 1 is a day's, 2 a whole month's, whose `day` is the first; days are counted from 1970, UTC.
-- `shard` keeps connections from waiting for each other; whoever reads adds them up.

-- Actions against reactions.
CREATE TABLE tally_effect (
    level BIGINT NOT NULL CHECK (level IN (1, 2)),
    month BIGINT NOT NULL,
    day BIGINT NOT NULL,
    channel TEXT NOT NULL,
    debtor_type TEXT NOT NULL,
    debt_kind TEXT NOT NULL,
    creditor_id BIGINT NOT NULL,
    campaign_id BIGINT NOT NULL,
    day_part TEXT NOT NULL,
    age TEXT NOT NULL,
    currency TEXT NOT NULL,
    shard BIGINT NOT NULL,
    attempts BIGINT NOT NULL, faults BIGINT NOT NULL, cost_micro BIGINT NOT NULL, talk_us BIGINT NOT NULL,
    actions BIGINT NOT NULL,
    actions_minor BIGINT NOT NULL, answered BIGINT NOT NULL, answered_minor BIGINT NOT NULL,
    right_party BIGINT NOT NULL, right_party_minor BIGINT NOT NULL, amount_heard BIGINT NOT NULL,
    amount_heard_minor BIGINT NOT NULL, promise BIGINT NOT NULL, promise_minor BIGINT NOT NULL,
    dated BIGINT NOT NULL, dated_minor BIGINT NOT NULL, kept BIGINT NOT NULL, kept_minor BIGINT NOT NULL,
    broken BIGINT NOT NULL, broken_minor BIGINT NOT NULL, part_paid BIGINT NOT NULL,
    part_paid_minor BIGINT NOT NULL, full_paid BIGINT NOT NULL, full_paid_minor BIGINT NOT NULL,
    dispute BIGINT NOT NULL, dispute_minor BIGINT NOT NULL, complaint BIGINT NOT NULL,
    complaint_minor BIGINT NOT NULL, opt_out BIGINT NOT NULL, opt_out_minor BIGINT NOT NULL,
    refused BIGINT NOT NULL, refused_minor BIGINT NOT NULL, no_reaction BIGINT NOT NULL,
    no_reaction_minor BIGINT NOT NULL, credited_last BIGINT NOT NULL, credited_last_minor BIGINT NOT NULL,
    credited_first BIGINT NOT NULL, credited_first_minor BIGINT NOT NULL, credited_linear BIGINT NOT NULL,
    credited_linear_minor BIGINT NOT NULL,
    PRIMARY KEY (level, month, day, channel, debtor_type, debt_kind, creditor_id, campaign_id, day_part, age, currency, shard)
);

-- Closed attempts.
CREATE TABLE tally_call (
    level BIGINT NOT NULL CHECK (level IN (1, 2)),
    month BIGINT NOT NULL,
    day BIGINT NOT NULL,
    campaign_id BIGINT NOT NULL,
    trunk TEXT NOT NULL,
    channel TEXT NOT NULL,
    outcome TEXT NOT NULL,
    disposition TEXT NOT NULL,
    currency TEXT NOT NULL,
    shard BIGINT NOT NULL,
    attempts BIGINT NOT NULL, connected BIGINT NOT NULL, identified BIGINT NOT NULL, talk_us BIGINT NOT NULL,
    served_us BIGINT NOT NULL, cost_micro BIGINT NOT NULL,
    PRIMARY KEY (level, month, day, campaign_id, trunk, channel, outcome, disposition, currency, shard)
);

-- The n-th use of a channel on a debt.
CREATE TABLE tally_use (
    level BIGINT NOT NULL CHECK (level IN (1, 2)),
    month BIGINT NOT NULL,
    day BIGINT NOT NULL,
    channel TEXT NOT NULL,
    nth BIGINT NOT NULL,
    shard BIGINT NOT NULL,
    uses BIGINT NOT NULL, right_party BIGINT NOT NULL, promised BIGINT NOT NULL, paid BIGINT NOT NULL,
    PRIMARY KEY (level, month, day, channel, nth, shard)
);

-- Accounts called at least once, over all time: they know no day.
CREATE TABLE tally_account (
    level BIGINT NOT NULL CHECK (level IN (1, 2)),
    month BIGINT NOT NULL,
    day BIGINT NOT NULL,
    campaign_id BIGINT NOT NULL,
    currency TEXT NOT NULL,
    shard BIGINT NOT NULL,
    called BIGINT NOT NULL, owed_minor BIGINT NOT NULL, paid_minor BIGINT NOT NULL,
    PRIMARY KEY (level, month, day, campaign_id, currency, shard)
);
