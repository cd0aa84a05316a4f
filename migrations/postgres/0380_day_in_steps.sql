-- The day as it went by, in steps of five minutes. A step is the n-th since 1970. All is counted anew.

-- Calls out by the step they were dialled in, those of them that a person answered, and how long lines were in use.
CREATE TABLE tally_step (
    level BIGINT NOT NULL CHECK (level = 1),
    month BIGINT NOT NULL,
    day BIGINT NOT NULL,
    step BIGINT NOT NULL,
    campaign_id BIGINT NOT NULL,
    shard BIGINT NOT NULL,
    dials BIGINT NOT NULL, people BIGINT NOT NULL, abandoned BIGINT NOT NULL, line_us BIGINT NOT NULL,
    PRIMARY KEY (level, month, day, step, campaign_id, shard)
);

-- How all agents together spent it.
CREATE TABLE tally_state_step (
    level BIGINT NOT NULL CHECK (level = 1),
    month BIGINT NOT NULL,
    day BIGINT NOT NULL,
    step BIGINT NOT NULL,
    state TEXT NOT NULL,
    campaign_id BIGINT NOT NULL,
    shard BIGINT NOT NULL,
    spent_us BIGINT NOT NULL,
    PRIMARY KEY (level, month, day, step, state, campaign_id, shard)
);

UPDATE tally_plan SET states_upto = -1 WHERE EXISTS (SELECT 1 FROM agent_state);
DELETE FROM tally_state WHERE (SELECT states_upto FROM tally_plan WHERE id = 1) = -1;
UPDATE tally_plan SET states_upto = 0 WHERE states_upto = -1;
UPDATE tally_plan SET built_upto = -1
    WHERE EXISTS (SELECT 1 FROM attempt) OR EXISTS (SELECT 1 FROM outside_action) OR EXISTS (SELECT 1 FROM payment);
DELETE FROM tally_effect WHERE (SELECT built_upto FROM tally_plan WHERE id = 1) = -1;
DELETE FROM tally_call WHERE (SELECT built_upto FROM tally_plan WHERE id = 1) = -1;
DELETE FROM tally_use WHERE (SELECT built_upto FROM tally_plan WHERE id = 1) = -1;
DELETE FROM tally_account_day WHERE (SELECT built_upto FROM tally_plan WHERE id = 1) = -1;
DELETE FROM tally_account_month WHERE (SELECT built_upto FROM tally_plan WHERE id = 1) = -1;
DELETE FROM tally_talk WHERE (SELECT built_upto FROM tally_plan WHERE id = 1) = -1;
DELETE FROM tally_agent_paid WHERE (SELECT built_upto FROM tally_plan WHERE id = 1) = -1;
DELETE FROM tally_wait WHERE (SELECT built_upto FROM tally_plan WHERE id = 1) = -1;
DELETE FROM tally_cost WHERE (SELECT built_upto FROM tally_plan WHERE id = 1) = -1;
DELETE FROM tally_payment WHERE (SELECT built_upto FROM tally_plan WHERE id = 1) = -1;
UPDATE tally_plan SET built_upto = 0 WHERE built_upto = -1;
