-- A recorded call's file: its checksum as it was when the call had ended, and why it may not be deleted.
CREATE TABLE recording (
    attempt_id BIGINT PRIMARY KEY REFERENCES attempt (id),
    file       TEXT   NOT NULL,
    bytes      BIGINT NOT NULL,
    sha256     TEXT   NOT NULL,
    kept_at    BIGINT NOT NULL,
    held       TEXT,
    deleted_at BIGINT,
    CHECK (held IS NULL OR deleted_at IS NULL)
);
CREATE INDEX recording_there ON recording (attempt_id) WHERE deleted_at IS NULL;
