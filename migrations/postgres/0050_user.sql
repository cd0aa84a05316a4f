-- Who may sign in to the screens. `hash` is Argon2id in the PHC format; nobody has a password from the start.
CREATE TABLE app_user (
    login       TEXT   PRIMARY KEY CHECK (login <> ''),
    hash        TEXT   NOT NULL,
    role        TEXT   NOT NULL CHECK (role IN ('administrator', 'agent', 'auditor', 'operator', 'quality',
                'supervisor')),
    made_at     BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL,
    disabled_at BIGINT
);
