-- Quality: lists of calls to be listened to, drawn by a seed that is kept, and reviews by a form. Append-only.
CREATE TABLE quality_sample (
    id      INTEGER PRIMARY KEY,
    made_at BIGINT NOT NULL,
    made_by TEXT   NOT NULL,
    seed    BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    to_at   BIGINT NOT NULL,
    CHECK (from_at < to_at)
);
CREATE TABLE quality_pick (
    sample_id  BIGINT NOT NULL REFERENCES quality_sample (id),
    attempt_id BIGINT NOT NULL REFERENCES attempt (id),
    agent      TEXT   NOT NULL,
    why        TEXT   NOT NULL CHECK (why IN ('complaint', 'longest', 'random', 'trigger')),
    PRIMARY KEY (sample_id, attempt_id, agent)
);
CREATE INDEX quality_pick_attempt ON quality_pick (attempt_id);

-- What a reviewer found in an agent's talk, once. Nobody reviews himself. `raw_bp`: basis points of the form's weights; what of
-- it is kept follows from the payments. `marks`: criterion to mark.
CREATE TABLE quality_review (
    id         INTEGER PRIMARY KEY,
    attempt_id BIGINT NOT NULL REFERENCES attempt (id),
    agent      TEXT   NOT NULL,
    reviewer   TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    marks      TEXT   NOT NULL,
    raw_bp     BIGINT NOT NULL CHECK (raw_bp BETWEEN 0 AND 10000),
    critical   BIGINT NOT NULL CHECK (critical IN (0, 1)),
    comment    TEXT   NOT NULL,
    UNIQUE (attempt_id, agent, reviewer),
    CHECK (reviewer <> agent),
    CHECK (critical = 0 OR raw_bp = 0)
);
CREATE INDEX quality_review_at ON quality_review (at);
CREATE TRIGGER quality_pick_is_never_changed BEFORE UPDATE ON quality_pick
BEGIN SELECT RAISE(ABORT, 'what was drawn is append-only'); END;
CREATE TRIGGER quality_pick_is_never_deleted BEFORE DELETE ON quality_pick
BEGIN SELECT RAISE(ABORT, 'what was drawn is append-only'); END;
CREATE TRIGGER quality_review_is_never_changed BEFORE UPDATE ON quality_review
BEGIN SELECT RAISE(ABORT, 'reviews are append-only'); END;
CREATE TRIGGER quality_review_is_never_deleted BEFORE DELETE ON quality_review
BEGIN SELECT RAISE(ABORT, 'reviews are append-only'); END;
