-- Whoever is shown may pay meanwhile: then nobody has to decide about him.
DROP TRIGGER preview_is_never_changed;
DROP TRIGGER preview_is_never_deleted;
ALTER TABLE preview RENAME TO preview_before;
DROP INDEX preview_agent;
CREATE TABLE preview (
    id         INTEGER PRIMARY KEY,
    contact_id BIGINT NOT NULL REFERENCES contact (id),
    agent      TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    decided    TEXT   NOT NULL CHECK (decided IN ('agent_gone', 'call', 'not_now', 'paid', 'ran_out', 'skip')),
    reason     TEXT,
    CHECK ((decided = 'skip') = (reason IS NOT NULL))
);
INSERT INTO preview SELECT id, contact_id, agent, at, decided, reason FROM preview_before;
DROP TABLE preview_before;
CREATE INDEX preview_agent ON preview (agent, at);
CREATE TRIGGER preview_is_never_changed BEFORE UPDATE ON preview
BEGIN SELECT RAISE(ABORT, 'previews are append-only'); END;
CREATE TRIGGER preview_is_never_deleted BEFORE DELETE ON preview
BEGIN SELECT RAISE(ABORT, 'previews are append-only'); END;
