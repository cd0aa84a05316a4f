-- What a predictive campaign's pacing has learned in each hour of the day, by the house's clock: observations, which fade.
CREATE TABLE pacing_lesson (
    campaign_id BIGINT NOT NULL REFERENCES campaign (id),
    hour        BIGINT NOT NULL CHECK (hour BETWEEN 0 AND 23),
    kept_at     BIGINT NOT NULL,
    body        TEXT   NOT NULL,
    PRIMARY KEY (campaign_id, hour)
);
