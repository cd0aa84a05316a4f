-- The lot that leaves a share of a campaign's persons alone, so that what calling brings can be told from what would
-- have come anyway.

-- Drawn once, when the campaign is first filled; the lot of a person follows from it and can be drawn again by anybody.
ALTER TABLE campaign ADD COLUMN hold_out_seed BIGINT;
-- What the lot said of a contact at its selection. It never changes, whatever became of the contact; a contact that
-- was not to be called anyway has none.
ALTER TABLE contact ADD COLUMN arm TEXT CHECK (arm IN ('called', 'left_alone'));
ALTER TABLE contact ADD COLUMN selected_at BIGINT CHECK ((selected_at IS NULL) = (arm IS NULL));
CREATE INDEX contact_arm ON contact (selected_at) WHERE arm IS NOT NULL;
