-- That a number is usable again is said by hand, and so a deed, too. A check can't be changed in place: the rows move over.
CREATE TABLE deed_now (
    id        INTEGER PRIMARY KEY,
    at        BIGINT NOT NULL,
    who       TEXT   NOT NULL,
    act       TEXT   NOT NULL CHECK (act IN ('hold_added', 'hold_lifted', 'hold_suspended', 'consent_added',
              'consent_withdrawn', 'preference_set', 'preference_lifted', 'event_corrected', 'persons_merged',
              'person_split', 'phone_usable')),
    person_id BIGINT NOT NULL REFERENCES person (id),
    row_id    BIGINT NOT NULL,
    evidence  TEXT   NOT NULL
);
INSERT INTO deed_now SELECT id, at, who, act, person_id, row_id, evidence FROM deed;
DROP TABLE deed;
ALTER TABLE deed_now RENAME TO deed;
CREATE INDEX deed_person ON deed (person_id);
CREATE TRIGGER deed_is_never_changed BEFORE UPDATE ON deed
BEGIN SELECT RAISE(ABORT, 'deeds are append-only'); END;
CREATE TRIGGER deed_is_never_deleted BEFORE DELETE ON deed
BEGIN SELECT RAISE(ABORT, 'deeds are append-only'); END;
