-- What a debtor did in a contact that other systems tell of stands beside that contact, and a promise may be of one. A complaint
-- may be of any action, not of calls alone.
ALTER TABLE outside_action ADD COLUMN promise BIGINT NOT NULL DEFAULT 0 CHECK (promise IN (0, 1));
ALTER TABLE outside_action ADD COLUMN dispute BIGINT NOT NULL DEFAULT 0 CHECK (dispute IN (0, 1));
ALTER TABLE outside_action ADD COLUMN opt_out BIGINT NOT NULL DEFAULT 0 CHECK (opt_out IN (0, 1));
ALTER TABLE outside_action ADD COLUMN complaint BIGINT NOT NULL DEFAULT 0 CHECK (complaint IN (0, 1));
ALTER TABLE outside_action ADD COLUMN promise_id BIGINT REFERENCES promise (id);
ALTER TABLE reaction ADD COLUMN event_id BIGINT REFERENCES event (id);
ALTER TABLE case_file ADD COLUMN of_event_id BIGINT REFERENCES event (id);
ALTER TABLE promise ALTER COLUMN attempt_id DROP NOT NULL;
ALTER TABLE promise ADD COLUMN event_id BIGINT REFERENCES event (id);
CREATE UNIQUE INDEX promise_event ON promise (event_id) WHERE event_id IS NOT NULL;
