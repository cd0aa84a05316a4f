-- What people do by hand to a person's records, and what he asked for.

-- A time of day at which a person is not to be called, on his own clocks; `to_time` absent: midnight; not after
-- `from_time`: over midnight. Lifted by a moment, never deleted.
CREATE TABLE preference (
    id        INTEGER PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id),
    from_time TEXT   NOT NULL,
    to_time   TEXT,
    from_at   BIGINT,
    until_at  BIGINT,
    evidence  TEXT
);
CREATE INDEX preference_person ON preference (person_id);

-- Who did what by hand to a hold, a consent or a preference, and on what evidence. Append-only.
CREATE TABLE deed (
    id        INTEGER PRIMARY KEY,
    at        BIGINT NOT NULL,
    who       TEXT   NOT NULL,
    act       TEXT   NOT NULL CHECK (act IN ('hold_added', 'hold_lifted', 'hold_suspended', 'consent_added',
              'consent_withdrawn', 'preference_set', 'preference_lifted')),
    person_id BIGINT NOT NULL REFERENCES person (id),
    row_id    BIGINT NOT NULL,
    evidence  TEXT   NOT NULL
);
CREATE INDEX deed_person ON deed (person_id);
CREATE TRIGGER deed_is_never_changed BEFORE UPDATE ON deed
BEGIN SELECT RAISE(ABORT, 'deeds are append-only'); END;
CREATE TRIGGER deed_is_never_deleted BEFORE DELETE ON deed
BEGIN SELECT RAISE(ABORT, 'deeds are append-only'); END;

-- What a system has told by an id of its own: the same id with other contents is refused.
CREATE TABLE told_event (
    source      TEXT NOT NULL,
    external_id TEXT NOT NULL,
    hash        TEXT NOT NULL,
    PRIMARY KEY (source, external_id)
);
