-- "I have paid already" is a dispute with another question: the creditor is asked whether the money came.
ALTER TABLE case_file ADD COLUMN says_paid BIGINT NOT NULL DEFAULT 0 CHECK (says_paid IN (0, 1));
-- 0: none of the creditor's systems takes questions, so none was sent.
ALTER TABLE case_file ADD COLUMN asked_told BIGINT NOT NULL DEFAULT 1 CHECK (asked_told IN (0, 1));
-- The conflict manager's list of calls in which somebody was set off.
CREATE INDEX call_mark_trigger ON call_mark (at) WHERE kind = 'trigger';
