-- Who took a file with people's data, by which filter, and how many rows it had; without rows it was not taken to its end.
CREATE TABLE export_act (
    id     INTEGER PRIMARY KEY,
    who    TEXT   NOT NULL,
    what   TEXT   NOT NULL,
    filter TEXT   NOT NULL,
    rows   BIGINT,
    at     BIGINT NOT NULL
);
