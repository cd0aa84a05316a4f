-- How far a policy has looked among the uses of one moment, for a list that others tell has thousands of one; all of them by default.
ALTER TABLE next_action ADD COLUMN upto_place BIGINT NOT NULL DEFAULT 9223372036854775807;
