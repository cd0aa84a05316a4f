-- What a list that was read in came to: who read it, into which campaign, and what became of its rows.
ALTER TABLE import_run ADD COLUMN who TEXT;
ALTER TABLE import_run ADD COLUMN campaign TEXT;
ALTER TABLE import_run ADD COLUMN rows_read BIGINT;
ALTER TABLE import_run ADD COLUMN duplicate BIGINT;
ALTER TABLE import_run ADD COLUMN rejected BIGINT;
