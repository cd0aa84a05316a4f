-- The answer to a case goes out as a word to the debtor.
ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('attempt', 'case_answered', 'dispute', 'next_action',
    'payment', 'promise', 'reversal'));
