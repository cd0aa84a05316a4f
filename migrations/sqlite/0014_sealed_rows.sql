-- Every entry of the ledger and every closed attempt has a link in a chain: `hash` covers `prev_hash`, the place, the
-- row's name and `digest`, which is of the row's columns. An attempt that is changed afterwards is sealed again.
-- Append-only.
INSERT INTO chain (id) VALUES (8), (9), (10), (11), (12), (13), (14), (15);
CREATE TABLE sealed_row (
    chain     BIGINT NOT NULL REFERENCES chain (id),
    seq       BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    of_what   TEXT   NOT NULL CHECK (of_what IN ('attempt', 'event')),
    row_id    BIGINT NOT NULL,
    digest    TEXT   NOT NULL,
    prev_hash TEXT   NOT NULL,
    hash      TEXT   NOT NULL,
    PRIMARY KEY (chain, seq)
);
CREATE INDEX sealed_row_of ON sealed_row (of_what, row_id);
CREATE TRIGGER sealed_row_is_never_changed BEFORE UPDATE ON sealed_row
BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END;
CREATE TRIGGER sealed_row_is_never_deleted BEFORE DELETE ON sealed_row
BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END;
