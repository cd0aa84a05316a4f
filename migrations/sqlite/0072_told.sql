-- When a list told the amount last: payments received from then on lower what is owed; earlier ones are in the amount.
ALTER TABLE debt ADD COLUMN told_at BIGINT NOT NULL DEFAULT 0;
UPDATE debt SET told_at = updated_at;
