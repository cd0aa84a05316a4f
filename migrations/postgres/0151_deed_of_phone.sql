-- That a number is usable again is said by hand, and so a deed, too.
ALTER TABLE deed DROP CONSTRAINT deed_act_check;
ALTER TABLE deed ADD CONSTRAINT deed_act_check CHECK (act IN ('hold_added', 'hold_lifted', 'hold_suspended', 'consent_added',
              'consent_withdrawn', 'preference_set', 'preference_lifted', 'event_corrected', 'persons_merged',
              'person_split', 'phone_usable'));
