-- A page with its filters, kept by a user under a name of his own.
CREATE TABLE saved_view (
    id      INTEGER PRIMARY KEY,
    login   TEXT   NOT NULL,
    path    TEXT   NOT NULL,
    name    TEXT   NOT NULL,
    query   TEXT   NOT NULL,
    kept_at BIGINT NOT NULL,
    UNIQUE (login, path, name)
);
