-- Whose account a contact is: one agent's. Whoever is given it keeps it until it is done.
CREATE TABLE assignment (
    contact_id BIGINT PRIMARY KEY REFERENCES contact (id),
    agent      TEXT   NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX assignment_agent ON assignment (agent);
-- What an agent's talks brought is looked up by the call.
CREATE INDEX agent_state_attempt ON agent_state (attempt_id) WHERE attempt_id IS NOT NULL;
