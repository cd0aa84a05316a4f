-- The history of cases and reviews of talks have links, too.
ALTER TABLE sealed_row DROP CONSTRAINT sealed_row_of_what_check;
ALTER TABLE sealed_row ADD CONSTRAINT sealed_row_of_what_check CHECK (of_what IN ('access', 'attempt', 'case_act', 'consent',
              'deed', 'denial_repeat', 'disposed', 'event', 'hold', 'kin', 'person_link', 'preference', 'quality_review',
              'sealed_note'));
