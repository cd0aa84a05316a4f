-- The sums are of the house's days, and there are sums of all that a report asks for: accounts called, agents' talks and
-- time, waits, costs since a selection, payments. All are counted anew.

ALTER TABLE tally_plan ADD COLUMN zone TEXT NOT NULL DEFAULT 'Europe/Moscow';
-- Up to which change of an agent's state they are counted.
ALTER TABLE tally_plan ADD COLUMN states_upto BIGINT NOT NULL DEFAULT 9223372036854775807;
DELETE FROM tally_effect;
DELETE FROM tally_call;
DELETE FROM tally_use;
DROP TABLE tally_account;
UPDATE tally_plan SET built_upto = 0
    WHERE EXISTS (SELECT 1 FROM attempt) OR EXISTS (SELECT 1 FROM outside_action) OR EXISTS (SELECT 1 FROM payment);
UPDATE tally_plan SET states_upto = 0 WHERE EXISTS (SELECT 1 FROM agent_state);

CREATE INDEX agent_state_last ON agent_state (agent, id);
CREATE INDEX agent_state_talk ON agent_state (attempt_id) WHERE state = 'talking';
CREATE INDEX IF NOT EXISTS payment_paid ON payment (paid_at);

-- Accounts by the day they were called on and the day of the call before (the lowest number there is: never before), and
-- what was paid by the day of the last call before the payment. An account called on two days counts once in a period of
-- both.
CREATE TABLE tally_account_day (
    level BIGINT NOT NULL CHECK (level = 1),
    month BIGINT NOT NULL,
    day BIGINT NOT NULL,
    campaign_id BIGINT NOT NULL,
    currency TEXT NOT NULL,
    before_day BIGINT NOT NULL,
    shard BIGINT NOT NULL,
    called BIGINT NOT NULL, owed_minor BIGINT NOT NULL, paid_minor BIGINT NOT NULL,
    PRIMARY KEY (level, month, day, campaign_id, currency, before_day, shard)
);

-- The same by months.
CREATE TABLE tally_account_month (
    level BIGINT NOT NULL CHECK (level = 2),
    month BIGINT NOT NULL,
    day BIGINT NOT NULL,
    campaign_id BIGINT NOT NULL,
    currency TEXT NOT NULL,
    before_day BIGINT NOT NULL,
    shard BIGINT NOT NULL,
    called BIGINT NOT NULL, owed_minor BIGINT NOT NULL, paid_minor BIGINT NOT NULL,
    PRIMARY KEY (level, month, day, campaign_id, currency, before_day, shard)
);

-- Agents' talks.
CREATE TABLE tally_talk (
    level BIGINT NOT NULL CHECK (level IN (1, 2)),
    month BIGINT NOT NULL,
    day BIGINT NOT NULL,
    agent TEXT NOT NULL,
    currency TEXT NOT NULL,
    shard BIGINT NOT NULL,
    talks BIGINT NOT NULL, right_party BIGINT NOT NULL, promises BIGINT NOT NULL, kept BIGINT NOT NULL,
    broken BIGINT NOT NULL, complaints BIGINT NOT NULL,
    PRIMARY KEY (level, month, day, agent, currency, shard)
);

-- Payments that are an agent's, by the day of his payment before on the same debt.
CREATE TABLE tally_agent_paid (
    level BIGINT NOT NULL CHECK (level = 1),
    month BIGINT NOT NULL,
    day BIGINT NOT NULL,
    agent TEXT NOT NULL,
    currency TEXT NOT NULL,
    before_day BIGINT NOT NULL,
    shard BIGINT NOT NULL,
    paid BIGINT NOT NULL, paid_minor BIGINT NOT NULL,
    PRIMARY KEY (level, month, day, agent, currency, before_day, shard)
);

-- How long people waited for an agent.
CREATE TABLE tally_wait (
    level BIGINT NOT NULL CHECK (level IN (1, 2)),
    month BIGINT NOT NULL,
    day BIGINT NOT NULL,
    campaign_id BIGINT NOT NULL,
    currency TEXT NOT NULL,
    shard BIGINT NOT NULL,
    talks BIGINT NOT NULL, wait_us BIGINT NOT NULL, in_time BIGINT NOT NULL,
    PRIMARY KEY (level, month, day, campaign_id, currency, shard)
);

-- What calls cost by the day on which the lot drew the contact, and the days since.
CREATE TABLE tally_cost (
    level BIGINT NOT NULL CHECK (level IN (1, 2)),
    month BIGINT NOT NULL,
    day BIGINT NOT NULL,
    campaign_id BIGINT NOT NULL,
    currency TEXT NOT NULL,
    lag_days BIGINT NOT NULL,
    shard BIGINT NOT NULL,
    cost_micro BIGINT NOT NULL,
    PRIMARY KEY (level, month, day, campaign_id, currency, lag_days, shard)
);

-- Payments.
CREATE TABLE tally_payment (
    level BIGINT NOT NULL CHECK (level IN (1, 2)),
    month BIGINT NOT NULL,
    day BIGINT NOT NULL,
    creditor_id BIGINT NOT NULL,
    currency TEXT NOT NULL,
    shard BIGINT NOT NULL,
    payments BIGINT NOT NULL, paid_minor BIGINT NOT NULL,
    PRIMARY KEY (level, month, day, creditor_id, currency, shard)
);

-- How agents spent their time.
CREATE TABLE tally_state (
    level BIGINT NOT NULL CHECK (level IN (1, 2)),
    month BIGINT NOT NULL,
    day BIGINT NOT NULL,
    agent TEXT NOT NULL,
    state TEXT NOT NULL,
    billable BIGINT NOT NULL,
    campaign_id BIGINT NOT NULL,
    currency TEXT NOT NULL,
    shard BIGINT NOT NULL,
    changes BIGINT NOT NULL, spent_us BIGINT NOT NULL, talks BIGINT NOT NULL, missed BIGINT NOT NULL,
    PRIMARY KEY (level, month, day, agent, state, billable, campaign_id, currency, shard)
);
