-- A configuration file changed from a screen: both texts, who and when, what it loosens and what it would do. What loosens
-- is put into force by another person than the one who wrote it.
CREATE TABLE config_change (
    id         INTEGER PRIMARY KEY,
    node       TEXT   NOT NULL, -- whose folder it is
    path       TEXT   NOT NULL,
    was        TEXT,            -- NULL: there was no such file
    becomes    TEXT,            -- NULL: the file goes
    looser     TEXT   NOT NULL, -- JSON; '[]': nothing
    effect     TEXT,            -- JSON; NULL: not weighed yet
    undoes     BIGINT REFERENCES config_change (id),
    made_at    BIGINT NOT NULL,
    made_by    TEXT   NOT NULL,
    applied_at BIGINT,
    applied_by TEXT,
    dropped_at BIGINT,
    dropped_by TEXT,
    CHECK ((applied_at IS NULL) = (applied_by IS NULL)),
    CHECK ((dropped_at IS NULL) = (dropped_by IS NULL)),
    CHECK (applied_at IS NULL OR dropped_at IS NULL),
    CHECK (applied_by IS NULL OR looser = '[]' OR applied_by <> made_by),
    CHECK (was IS NOT NULL OR becomes IS NOT NULL)
);
