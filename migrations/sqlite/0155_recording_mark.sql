-- Where a recording is silent and why it went on: the journal of its pauses. Append-only. `attempt` below zero: a stranger's call.
CREATE TABLE recording_mark (
    id      INTEGER PRIMARY KEY,
    at      BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    agent   TEXT,
    what    TEXT   NOT NULL CHECK (what IN ('paused', 'resumed', 'ran_out', 'agent_left'))
);
CREATE INDEX recording_mark_attempt ON recording_mark (attempt);
CREATE TRIGGER recording_mark_is_never_changed BEFORE UPDATE ON recording_mark
BEGIN SELECT RAISE(ABORT, 'the journal of a recording is append-only'); END;
CREATE TRIGGER recording_mark_is_never_deleted BEFORE DELETE ON recording_mark
BEGIN SELECT RAISE(ABORT, 'the journal of a recording is append-only'); END;
