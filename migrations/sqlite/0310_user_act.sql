-- A password that somebody else has given is good for choosing another one, and for nothing else.
ALTER TABLE app_user ADD COLUMN once BIGINT NOT NULL DEFAULT 0 CHECK (once IN (0, 1));
-- Who made, changed, kept out or let in which user, and when.
CREATE TABLE user_act (
    id    INTEGER PRIMARY KEY,
    login TEXT   NOT NULL,
    deed  TEXT   NOT NULL CHECK (deed IN ('added', 'kept_out', 'let_in', 'own_password', 'password', 'role')),
    role  TEXT,
    who   TEXT   NOT NULL,
    at    BIGINT NOT NULL
);
