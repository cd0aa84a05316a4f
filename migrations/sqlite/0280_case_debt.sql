-- The debts that a dispute is about, and what the creditor says of each. A dispute that names none is about every debt of the person
-- that was open. `asked_at` NULL: nobody was asked about it; `said` NULL: no answer yet.
CREATE TABLE case_debt (
    case_id  BIGINT NOT NULL REFERENCES case_file (id),
    debt_id  BIGINT NOT NULL REFERENCES debt (id),
    asked_at BIGINT,
    said     TEXT CHECK (said IN ('not_owed', 'owed')),
    said_at  BIGINT,
    PRIMARY KEY (case_id, debt_id)
);
CREATE INDEX case_debt_debt ON case_debt (debt_id);
INSERT INTO case_debt (case_id, debt_id, asked_at, said, said_at)
    SELECT id, debt_id, CASE WHEN asked_due_at IS NOT NULL THEN received_at END, creditor_said, creditor_said_at
    FROM case_file WHERE dispute = 1 AND debt_id IS NOT NULL;
-- One creditor's word was taken for all until now: each is asked for his own.
INSERT INTO case_debt (case_id, debt_id, asked_at)
    SELECT c.id, d.id, CASE WHEN c.asked_due_at IS NOT NULL THEN c.received_at END
    FROM case_file c JOIN debt d ON d.person_id = c.person_id
    WHERE c.dispute = 1 AND c.debt_id IS NULL AND c.state <> 'closed' AND d.state = 'open' AND d.creditor_id NOT IN
    (SELECT id FROM creditor WHERE name IN ('obzvon: service calls', 'obzvon: test calls'));
UPDATE case_file SET creditor_said = NULL, creditor_said_at = NULL
    WHERE dispute = 1 AND debt_id IS NULL AND state <> 'closed';
