-- Who is signed in at the screens. `key` is a hash of the cookie's number: whoever reads the table can't sign in with it.
CREATE TABLE console_session (
    key     TEXT   PRIMARY KEY,
    login   TEXT   NOT NULL,
    data    TEXT   NOT NULL,
    ends_at BIGINT NOT NULL
);
CREATE INDEX console_session_login ON console_session (login);
CREATE INDEX console_session_ends ON console_session (ends_at);
