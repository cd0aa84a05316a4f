-- Whose an account was before it was taken from somebody who is no agent any more.
CREATE TABLE assignment_past (
    id         INTEGER PRIMARY KEY,
    contact_id BIGINT NOT NULL REFERENCES contact (id),
    agent      TEXT   NOT NULL,
    given_at   BIGINT NOT NULL,
    taken_at   BIGINT NOT NULL
);
CREATE INDEX assignment_past_contact ON assignment_past (contact_id);
