-- Another channel is wanted: how far each policy has looked, by the time of the calls.
CREATE TABLE next_action (
    policy TEXT   PRIMARY KEY,
    upto   BIGINT NOT NULL
);

-- A word of its own to other systems. A check can't be changed in place: the messages move over, and with them whoever
-- is to have them.
CREATE TABLE outbox_now (
    id      INTEGER PRIMARY KEY,
    at      BIGINT NOT NULL,
    kind    TEXT   NOT NULL CHECK (kind IN ('attempt', 'next_action', 'payment', 'promise')),
    debt_id BIGINT NOT NULL REFERENCES debt (id),
    payload TEXT   NOT NULL
);
INSERT INTO outbox_now SELECT id, at, kind, debt_id, payload FROM outbox;
CREATE TABLE delivery_now (
    endpoint    TEXT   NOT NULL,
    outbox_id   BIGINT NOT NULL REFERENCES outbox_now (id),
    debt_id     BIGINT NOT NULL,
    tries       BIGINT NOT NULL DEFAULT 0,
    next_try_at BIGINT NOT NULL,
    taken_at    BIGINT,
    last_try_at BIGINT,
    status      BIGINT,
    fault       TEXT,
    PRIMARY KEY (endpoint, outbox_id)
);
INSERT INTO delivery_now SELECT endpoint, outbox_id, debt_id, tries, next_try_at, taken_at, last_try_at, status, fault
    FROM delivery;
DROP TABLE delivery;
DROP TABLE outbox;
ALTER TABLE outbox_now RENAME TO outbox;
ALTER TABLE delivery_now RENAME TO delivery;
CREATE INDEX delivery_waiting ON delivery (endpoint, debt_id, outbox_id) WHERE taken_at IS NULL;
