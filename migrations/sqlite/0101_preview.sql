-- What agents decided of people they were shown before a call. Append-only.
CREATE TABLE preview (
    id         INTEGER PRIMARY KEY,
    contact_id BIGINT NOT NULL REFERENCES contact (id),
    agent      TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    decided    TEXT   NOT NULL CHECK (decided IN ('call', 'not_now', 'ran_out', 'skip')),
    reason     TEXT,
    CHECK ((decided = 'skip') = (reason IS NOT NULL))
);
CREATE INDEX preview_agent ON preview (agent, at);
CREATE TRIGGER preview_is_never_changed BEFORE UPDATE ON preview
BEGIN SELECT RAISE(ABORT, 'previews are append-only'); END;
CREATE TRIGGER preview_is_never_deleted BEFORE DELETE ON preview
BEGIN SELECT RAISE(ABORT, 'previews are append-only'); END;
