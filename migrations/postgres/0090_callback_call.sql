-- The attempt by which an agreed call was made; it waits again where that one never reached anybody's trunk.
ALTER TABLE callback ADD COLUMN attempt_id BIGINT REFERENCES attempt (id);
CREATE INDEX callback_attempt ON callback (attempt_id) WHERE attempt_id IS NOT NULL;
