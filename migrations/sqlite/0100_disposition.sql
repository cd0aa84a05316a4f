-- What agents write of their talks.

-- An agent's disposition of a call, once. `late`: the wrap-up's time was over. Append-only.
CREATE TABLE disposed (
    attempt_id     BIGINT PRIMARY KEY REFERENCES attempt (id),
    agent          TEXT   NOT NULL,
    at             BIGINT NOT NULL,
    code           TEXT   NOT NULL,
    disposition    TEXT   NOT NULL,
    reason         TEXT,
    promised_minor BIGINT,
    late           BIGINT NOT NULL CHECK (late IN (0, 1))
);
CREATE INDEX disposed_agent ON disposed (agent, at);
CREATE TRIGGER disposed_is_never_changed BEFORE UPDATE ON disposed
BEGIN SELECT RAISE(ABORT, 'dispositions are append-only'); END;
CREATE TRIGGER disposed_is_never_deleted BEFORE DELETE ON disposed
BEGIN SELECT RAISE(ABORT, 'dispositions are append-only'); END;

-- The agent's note of a call, as he typed it last.
CREATE TABLE call_note (
    attempt_id BIGINT PRIMARY KEY REFERENCES attempt (id),
    agent      TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    text       TEXT   NOT NULL
);

-- What an agent marked in a call: a stage of the script, an objection answered, a trigger, who was identified. Append-only.
CREATE TABLE call_mark (
    id         INTEGER PRIMARY KEY,
    attempt_id BIGINT NOT NULL REFERENCES attempt (id),
    agent      TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    kind       TEXT   NOT NULL CHECK (kind IN ('identity', 'objection', 'stage', 'trigger')),
    code       TEXT   NOT NULL
);
CREATE INDEX call_mark_attempt ON call_mark (attempt_id);
CREATE TRIGGER call_mark_is_never_changed BEFORE UPDATE ON call_mark
BEGIN SELECT RAISE(ABORT, 'marks are append-only'); END;
CREATE TRIGGER call_mark_is_never_deleted BEFORE DELETE ON call_mark
BEGIN SELECT RAISE(ABORT, 'marks are append-only'); END;

-- A complaint made in a call: a case that stays open until somebody closes it, and says how.
CREATE TABLE complaint (
    id         INTEGER PRIMARY KEY,
    person_id  BIGINT NOT NULL REFERENCES person (id),
    attempt_id BIGINT UNIQUE REFERENCES attempt (id),
    opened_at  BIGINT NOT NULL,
    opened_by  TEXT   NOT NULL,
    text       TEXT   NOT NULL,
    closed_at  BIGINT,
    closed_by  TEXT,
    settled    TEXT,
    CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
    CHECK ((closed_at IS NULL) = (settled IS NULL))
);
CREATE INDEX complaint_open ON complaint (opened_at) WHERE closed_at IS NULL;
CREATE INDEX complaint_person ON complaint (person_id);
