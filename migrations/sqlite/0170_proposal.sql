-- What the figures proposed and somebody put into force: who, when, and the figures he saw. Withdrawn, it stays as history.
CREATE TABLE proposal (
    id           INTEGER PRIMARY KEY,
    doing        TEXT   NOT NULL,
    figures      TEXT   NOT NULL,
    applied_at   BIGINT NOT NULL,
    applied_by   TEXT   NOT NULL,
    withdrawn_at BIGINT,
    withdrawn_by TEXT,
    CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL))
);
CREATE UNIQUE INDEX proposal_in_force ON proposal (doing) WHERE withdrawn_at IS NULL;
