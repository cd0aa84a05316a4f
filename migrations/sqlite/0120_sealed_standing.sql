-- Links for all that stands about a person, too, not for the ledger and the attempts alone: `of_what` is the row's table.
-- A row is sealed again only right after the deed or the disposition that changed it. `hash` covers `at` as well.
-- A check can't be changed in place: the rows move over.
CREATE TABLE sealed_row_now (
    chain     BIGINT NOT NULL REFERENCES chain (id),
    seq       BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    of_what   TEXT   NOT NULL CHECK (of_what IN ('access', 'attempt', 'consent', 'deed', 'denial_repeat', 'disposed',
              'event', 'hold', 'kin', 'person_link', 'preference', 'sealed_note')),
    row_id    BIGINT NOT NULL,
    digest    TEXT   NOT NULL,
    prev_hash TEXT   NOT NULL,
    hash      TEXT   NOT NULL,
    PRIMARY KEY (chain, seq)
);
INSERT INTO sealed_row_now SELECT chain, seq, at, of_what, row_id, digest, prev_hash, hash FROM sealed_row;
DROP TABLE sealed_row;
ALTER TABLE sealed_row_now RENAME TO sealed_row;
CREATE INDEX sealed_row_of ON sealed_row (of_what, row_id);
CREATE TRIGGER sealed_row_is_never_changed BEFORE UPDATE ON sealed_row
BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END;
CREATE TRIGGER sealed_row_is_never_deleted BEFORE DELETE ON sealed_row
BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END;

-- A pair has a name of its own.
CREATE TABLE kin_now (
    id         INTEGER PRIMARY KEY,
    person_id  BIGINT NOT NULL REFERENCES person (id),
    other_id   BIGINT NOT NULL REFERENCES person (id),
    upto_event BIGINT,
    upto_at    BIGINT,
    UNIQUE (person_id, other_id),
    CHECK (person_id <> other_id),
    CHECK ((upto_event IS NULL) = (upto_at IS NULL))
);
INSERT INTO kin_now (person_id, other_id, upto_event, upto_at)
    SELECT person_id, other_id, upto_event, upto_at FROM kin;
DROP TABLE kin;
ALTER TABLE kin_now RENAME TO kin;

-- What was told of many at once, in one sealed row: where a batch of a list says people are ('places'), which files a
-- version of the configuration has ('texts', `name` is the version). Append-only.
CREATE TABLE sealed_note (
    id   INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('places', 'texts')),
    name TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX sealed_note_name ON sealed_note (kind, name);
CREATE TRIGGER sealed_note_is_never_changed BEFORE UPDATE ON sealed_note
BEGIN SELECT RAISE(ABORT, 'sealed notes are append-only'); END;
CREATE TRIGGER sealed_note_is_never_deleted BEFORE DELETE ON sealed_note
BEGIN SELECT RAISE(ABORT, 'sealed notes are append-only'); END;
