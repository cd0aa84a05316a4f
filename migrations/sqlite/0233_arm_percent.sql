-- How many in a hundred the lot left alone when it drew a contact. At 0 nothing was drawn: such a contact stands for no arm. NULL:
-- drawn before this version, of whom it is not known.
ALTER TABLE contact ADD COLUMN arm_percent BIGINT CHECK (arm_percent BETWEEN 0 AND 100);
