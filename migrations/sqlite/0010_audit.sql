-- Texts that calls were made by: campaigns, flows, limits and prompts as they stood in a version of the configuration.
-- Each text is kept once. Nothing with a secret in it is kept.
CREATE TABLE kept_text (
    hash TEXT PRIMARY KEY,
    body TEXT NOT NULL
);
CREATE TABLE kept_version (
    version TEXT   NOT NULL,
    file    TEXT   NOT NULL,
    hash    TEXT   NOT NULL REFERENCES kept_text (hash),
    kept_at BIGINT NOT NULL,
    PRIMARY KEY (version, file)
);

-- Who opened a person's whole file, when, and what he did with it. Append-only.
CREATE TABLE access (
    id        INTEGER PRIMARY KEY,
    at        BIGINT NOT NULL,
    who       TEXT   NOT NULL,
    what      TEXT   NOT NULL,
    person_id BIGINT NOT NULL REFERENCES person (id)
);
CREATE INDEX access_person ON access (person_id);
CREATE TRIGGER access_is_never_changed BEFORE UPDATE ON access
BEGIN SELECT RAISE(ABORT, 'accesses are append-only'); END;
CREATE TRIGGER access_is_never_deleted BEFORE DELETE ON access
BEGIN SELECT RAISE(ABORT, 'accesses are append-only'); END;
