-- Live agents: what each did when, the calls agreed with people, and where their phones are.

-- Every change of an agent's state; it lasts until his next row. Append-only.
CREATE TABLE agent_state (
    id         INTEGER PRIMARY KEY,
    agent      TEXT   NOT NULL,
    node       TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    state      TEXT   NOT NULL CHECK (state IN ('logged_out', 'away', 'no_audio', 'ready', 'reserved', 'ringing',
                                                'talking', 'hold', 'wrap_up')),
    pause      TEXT,
    billable   BIGINT NOT NULL CHECK (billable IN (0, 1)),
    why        TEXT   NOT NULL CHECK (why IN ('agent', 'call', 'missed', 'phone', 'picked', 'removed', 'time_out')),
    attempt_id BIGINT REFERENCES attempt (id),
    CHECK ((pause IS NULL) = (state <> 'away'))
);
CREATE INDEX agent_state_agent ON agent_state (agent, at);

-- Limits an agent overran.
CREATE TABLE agent_mark (
    id    INTEGER PRIMARY KEY,
    agent TEXT   NOT NULL,
    at    BIGINT NOT NULL,
    what  TEXT   NOT NULL CHECK (what IN ('pause_overrun', 'wrap_up_ran_out', 'wrap_up_without_disposition'))
);
CREATE INDEX agent_mark_at ON agent_mark (at);

-- A call agreed with a person. One a contact waits at a time.
CREATE TABLE callback (
    id         INTEGER PRIMARY KEY,
    person_id  BIGINT NOT NULL REFERENCES person (id),
    contact_id BIGINT NOT NULL REFERENCES contact (id),
    booked_at  BIGINT NOT NULL,
    due_at     BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    agent      TEXT,
    state      TEXT   NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'called', 'cancelled', 'expired')),
    why        TEXT   CHECK (why IN ('agent', 'inbound', 'paid', 'rebooked')),
    ended_at   BIGINT,
    CHECK (expires_at > due_at),
    CHECK ((state = 'waiting') = (ended_at IS NULL)),
    CHECK ((state = 'cancelled') = (why IS NOT NULL))
);
CREATE UNIQUE INDEX callback_waits_once ON callback (contact_id) WHERE state = 'waiting';
CREATE INDEX callback_due ON callback (due_at) WHERE state = 'waiting';
CREATE INDEX callback_person ON callback (person_id) WHERE state = 'waiting';

-- Where agents' phones were registered last, for a start after a crash.
CREATE TABLE agent_phone (
    agent      TEXT   NOT NULL,
    contact    TEXT   NOT NULL,
    node       TEXT   NOT NULL,
    source     TEXT   NOT NULL,
    transport  TEXT   NOT NULL CHECK (transport IN ('tcp', 'tls', 'udp')),
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (agent, contact)
);

CREATE TRIGGER agent_state_is_never_changed BEFORE UPDATE ON agent_state
BEGIN SELECT RAISE(ABORT, 'what agents did is append-only'); END;
CREATE TRIGGER agent_state_is_never_deleted BEFORE DELETE ON agent_state
BEGIN SELECT RAISE(ABORT, 'what agents did is append-only'); END;
