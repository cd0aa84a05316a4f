-- A debtor on hold for longer than the limit is marked, too.
ALTER TABLE agent_mark DROP CONSTRAINT agent_mark_what_check;
ALTER TABLE agent_mark ADD CONSTRAINT agent_mark_what_check CHECK (what IN ('hold_overrun', 'pause_overrun',
    'wrap_up_ran_out', 'wrap_up_without_disposition'));
