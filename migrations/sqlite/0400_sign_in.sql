-- Who signed in at the console and who was refused there, and from which address. What is no user's login is not kept: it may
-- be a password that was typed in the wrong field.
CREATE TABLE sign_in (
    id      INTEGER PRIMARY KEY,
    at      BIGINT NOT NULL,
    login   TEXT,
    address TEXT   NOT NULL,
    came_to TEXT   NOT NULL CHECK (came_to IN ('expired', 'in', 'refused'))
);
CREATE TRIGGER sign_in_is_never_changed BEFORE UPDATE ON sign_in
BEGIN SELECT RAISE(ABORT, 'sign-ins are append-only'); END;
CREATE TRIGGER sign_in_is_never_deleted BEFORE DELETE ON sign_in
BEGIN SELECT RAISE(ABORT, 'sign-ins are append-only'); END;
