-- A debtor on hold for longer than the limit is marked, too.
CREATE TABLE agent_mark_anew (
    id    INTEGER PRIMARY KEY,
    agent TEXT   NOT NULL,
    at    BIGINT NOT NULL,
    what  TEXT   NOT NULL CHECK (what IN ('hold_overrun', 'pause_overrun', 'wrap_up_ran_out',
                                          'wrap_up_without_disposition'))
);
INSERT INTO agent_mark_anew (id, agent, at, what) SELECT id, agent, at, what FROM agent_mark;
DROP TABLE agent_mark;
ALTER TABLE agent_mark_anew RENAME TO agent_mark;
CREATE INDEX agent_mark_at ON agent_mark (at);
