-- Agents' time by the creditor of the call, ours or the debtor's own: counted anew.
DROP TABLE tally_state;
CREATE TABLE tally_state (
    level BIGINT NOT NULL CHECK (level IN (1, 2)),
    month BIGINT NOT NULL,
    day BIGINT NOT NULL,
    agent TEXT NOT NULL,
    state TEXT NOT NULL,
    billable BIGINT NOT NULL,
    campaign_id BIGINT NOT NULL,
    creditor_id BIGINT NOT NULL,
    currency TEXT NOT NULL,
    shard BIGINT NOT NULL,
    changes BIGINT NOT NULL, spent_us BIGINT NOT NULL, talks BIGINT NOT NULL, missed BIGINT NOT NULL,
    PRIMARY KEY (level, month, day, agent, state, billable, campaign_id, creditor_id, currency, shard)
);
UPDATE tally_plan SET states_upto = 0 WHERE EXISTS (SELECT 1 FROM agent_state);
