-- Numbers outside that calls were handed on to, written before they were dialled. `attempt` below zero: a stranger's call.
CREATE TABLE transfer (
    id      INTEGER PRIMARY KEY,
    at      BIGINT NOT NULL,
    node    TEXT   NOT NULL,
    attempt BIGINT NOT NULL,
    phone   TEXT   NOT NULL,
    trunk   TEXT   NOT NULL
);
