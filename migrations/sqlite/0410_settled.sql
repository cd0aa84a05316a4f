-- Nothing was owed any more after this payment: whoever promised more than that has kept his word by it.
ALTER TABLE payment ADD COLUMN settles BIGINT NOT NULL DEFAULT 0;
-- When it was told: it may be long after it was done.
ALTER TABLE outside_action ADD COLUMN told_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX outside_action_told ON outside_action (told_at);
