-- Another channel is wanted: how far each policy has looked, by the time of the calls.
CREATE TABLE next_action (
    policy TEXT   PRIMARY KEY,
    upto   BIGINT NOT NULL
);

-- A word of its own to other systems.
ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('attempt', 'next_action', 'payment', 'promise'));
