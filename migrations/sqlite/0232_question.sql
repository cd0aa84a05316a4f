-- A dispute is a question to the creditor: by when his answer is due, and what he said. NULL: he was not asked, or has not
-- answered yet.
ALTER TABLE case_file ADD COLUMN asked_due_at BIGINT;
ALTER TABLE case_file ADD COLUMN creditor_said TEXT CHECK (creditor_said IN ('not_owed', 'owed'));
ALTER TABLE case_file ADD COLUMN creditor_said_at BIGINT;
-- The call that a complaint came of: the one it names, else the person's last one before it. NULL: there was none.
ALTER TABLE case_file ADD COLUMN of_attempt_id BIGINT REFERENCES attempt (id);
UPDATE case_file SET of_attempt_id = attempt_id WHERE dispute = 0;
CREATE INDEX case_of_attempt ON case_file (of_attempt_id) WHERE of_attempt_id IS NOT NULL;
CREATE INDEX case_complaint ON case_file (received_at) WHERE dispute = 0;
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'act IN (''answered'',', 'act IN (''answered'', ''asked'', ''creditor'',')
    WHERE type = 'table' AND name = 'case_act';
PRAGMA writable_schema = RESET;
