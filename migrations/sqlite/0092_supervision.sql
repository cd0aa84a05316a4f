-- What supervisors did in agents' talks, before they did it. Append-only. `attempt` below zero: a stranger's call.
CREATE TABLE supervision (
    id         INTEGER PRIMARY KEY,
    at         BIGINT NOT NULL,
    supervisor TEXT   NOT NULL,
    agent      TEXT   NOT NULL,
    attempt    BIGINT NOT NULL,
    what       TEXT   NOT NULL CHECK (what IN ('listen', 'whisper', 'barge', 'take_over'))
);
CREATE INDEX supervision_at ON supervision (at);
CREATE TRIGGER supervision_is_never_changed BEFORE UPDATE ON supervision
BEGIN SELECT RAISE(ABORT, 'what supervisors did is append-only'); END;
CREATE TRIGGER supervision_is_never_deleted BEFORE DELETE ON supervision
BEGIN SELECT RAISE(ABORT, 'what supervisors did is append-only'); END;
