-- What a crash is not to take: what an agent wants to do after the call he has, and that a debtor has said who he is.
CREATE TABLE agent_wish (
    agent TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('away', 'logged_out')),
    pause TEXT,
    at BIGINT NOT NULL,
    CHECK ((state = 'away') = (pause IS NOT NULL))
);
-- The last word of a call: he may say otherwise later. A call that comes to its end says it in its own row.
CREATE TABLE call_identity (
    attempt_id BIGINT PRIMARY KEY REFERENCES attempt (id),
    identified BIGINT NOT NULL CHECK (identified IN (0, 1)),
    at BIGINT NOT NULL
);
