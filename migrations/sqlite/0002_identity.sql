-- Who is whom. Two ids in the lists may turn out to be one person, and one id two persons.

-- What was found out, with the evidence. Append-only.
CREATE TABLE person_link (
    id        INTEGER PRIMARY KEY,
    at        BIGINT NOT NULL,
    act       TEXT   NOT NULL CHECK (act IN ('merge', 'split')),
    person_id BIGINT NOT NULL REFERENCES person (id),
    other_id  BIGINT NOT NULL REFERENCES person (id),
    evidence  TEXT   NOT NULL,
    CHECK (person_id <> other_id)
);
CREATE INDEX person_link_person ON person_link (person_id);
CREATE INDEX person_link_other ON person_link (other_id);
CREATE TRIGGER person_link_is_never_changed BEFORE UPDATE ON person_link
BEGIN SELECT RAISE(ABORT, 'what was found out is append-only'); END;
CREATE TRIGGER person_link_is_never_deleted BEFORE DELETE ON person_link
BEGIN SELECT RAISE(ABORT, 'what was found out is append-only'); END;

-- Whose ledger and holds count for whom, both ways: while they are one without an end; after a split up to the last
-- event, and the moment, before it. So neither a merge nor a split takes anything out of anybody's history.
CREATE TABLE kin (
    person_id  BIGINT NOT NULL REFERENCES person (id),
    other_id   BIGINT NOT NULL REFERENCES person (id),
    upto_event BIGINT,
    upto_at    BIGINT,
    PRIMARY KEY (person_id, other_id),
    CHECK (person_id <> other_id),
    CHECK ((upto_event IS NULL) = (upto_at IS NULL))
);

-- An event is corrected once; a second thought corrects the correction.
CREATE UNIQUE INDEX event_corrects ON event (corrects) WHERE corrects IS NOT NULL;

-- The last attempt when the hold was written: those up to it were decided without it.
ALTER TABLE hold ADD COLUMN after_attempt BIGINT NOT NULL DEFAULT 0;
