-- Who started, paused or stopped a campaign, and when.
CREATE TABLE campaign_act (
    id          INTEGER PRIMARY KEY,
    campaign_id BIGINT NOT NULL REFERENCES campaign (id),
    state       TEXT   NOT NULL CHECK (state IN ('running', 'paused', 'stopped')),
    who         TEXT   NOT NULL,
    at          BIGINT NOT NULL
);
