-- A call that comes in is an attempt of the person's: his one open call, with its outcome, its talk and its recording. Nobody
-- decided to make it, so it has no decision. Dropping a constraint changes nothing on the disk (SQLite, "Making other
-- kinds of table schema changes").
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'decision_id       BIGINT NOT NULL REFERENCES',
    'decision_id       BIGINT REFERENCES') WHERE type = 'table' AND name = 'attempt';
PRAGMA writable_schema = RESET;

-- A call that came in from nobody in particular: an unknown or hidden number, one that several persons share, a person
-- without an open debt or in a call already. He heard the neutral flow.
CREATE TABLE stranger_call (
    id       INTEGER PRIMARY KEY,
    at       BIGINT NOT NULL,
    node     TEXT   NOT NULL,
    trunk    TEXT   NOT NULL,
    called   TEXT   NOT NULL,
    phone    TEXT,
    why      TEXT   NOT NULL CHECK (why IN ('hidden', 'in_call', 'no_debt', 'not_his', 'several', 'unknown', 'unspeakable')),
    ended_at BIGINT,
    talked   BIGINT NOT NULL DEFAULT 0 CHECK (talked IN (0, 1)),
    stop_asked BIGINT NOT NULL DEFAULT 0 CHECK (stop_asked IN (0, 1))
);
CREATE INDEX stranger_call_at ON stranger_call (at);
