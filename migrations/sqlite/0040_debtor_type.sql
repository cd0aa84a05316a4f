-- A debtor's type over time: set by people, by lists, by what he does.

-- What the lists said last. A list that says the same again takes nothing back from whoever learnt more since.
ALTER TABLE person ADD COLUMN listed_type TEXT;
UPDATE person SET listed_type = debtor_type;

-- Every change: who, when, from what, why. Append-only.
CREATE TABLE debtor_type_change (
    id        INTEGER PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id),
    at        BIGINT NOT NULL,
    was       TEXT   NOT NULL,
    became    TEXT   NOT NULL,
    who       TEXT   NOT NULL CHECK (who <> ''),
    why       TEXT   NOT NULL CHECK (why <> ''),
    CHECK (was <> became)
);
CREATE INDEX debtor_type_change_person ON debtor_type_change (person_id, id);
CREATE INDEX debtor_type_change_at ON debtor_type_change (at);
CREATE TRIGGER debtor_type_change_is_never_changed BEFORE UPDATE ON debtor_type_change
BEGIN SELECT RAISE(ABORT, 'changes of a type are append-only'); END;
CREATE TRIGGER debtor_type_change_is_never_deleted BEFORE DELETE ON debtor_type_change
BEGIN SELECT RAISE(ABORT, 'changes of a type are append-only'); END;
