-- Complaints and disputes as cases. One stays open until somebody closes it, and says how; while it is open its holds
-- stand. What agents and flows opened before becomes cases of the kinds `ordinary` and `dispute`.
CREATE TABLE case_file (
    id          INTEGER PRIMARY KEY,
    kind        TEXT   NOT NULL CHECK (kind IN ('dispute', 'ordinary', 'personal_data', 'regulator', 'written_dispute')),
    dispute     BIGINT NOT NULL CHECK (dispute IN (0, 1)),
    source      TEXT   NOT NULL CHECK (source IN ('agent', 'caller', 'chat', 'creditor', 'email', 'hotline', 'key', 'mail',
                'regulator')),
    person_id   BIGINT REFERENCES person (id),
    debt_id     BIGINT REFERENCES debt (id),
    attempt_id  BIGINT REFERENCES attempt (id),
    received_at BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    state       TEXT   NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'in_work', 'answered', 'closed')),
    owner       TEXT,
    opened_by   TEXT   NOT NULL,
    text        TEXT   NOT NULL,
    answer      TEXT,
    justified   BIGINT CHECK (justified IN (0, 1)),
    measure     TEXT,
    closed_at   BIGINT,
    CHECK ((dispute = 1) = (kind IN ('dispute', 'written_dispute'))),
    CHECK (state = 'new' OR owner IS NOT NULL),
    CHECK (state <> 'answered' OR answer IS NOT NULL),
    CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CHECK ((state = 'closed') = (justified IS NOT NULL)),
    CHECK ((state = 'closed') = (measure IS NOT NULL))
);
CREATE UNIQUE INDEX case_of_call ON case_file (attempt_id, dispute)
    WHERE attempt_id IS NOT NULL AND source IN ('agent', 'key');
CREATE INDEX case_attempt ON case_file (attempt_id) WHERE attempt_id IS NOT NULL;
CREATE INDEX case_open ON case_file (due_at) WHERE state <> 'closed';
CREATE INDEX case_person ON case_file (person_id);
CREATE TRIGGER case_file_is_never_deleted BEFORE DELETE ON case_file
BEGIN SELECT RAISE(ABORT, 'cases are never deleted'); END;

-- Every act on a case: who, when, and in which words. Append-only.
CREATE TABLE case_act (
    id      INTEGER PRIMARY KEY,
    case_id BIGINT NOT NULL REFERENCES case_file (id),
    at      BIGINT NOT NULL,
    who     TEXT   NOT NULL,
    act     TEXT   NOT NULL CHECK (act IN ('answered', 'closed', 'kind', 'linked', 'noted', 'opened', 'reopened', 'taken')),
    text    TEXT   NOT NULL
);
CREATE INDEX case_act_case ON case_act (case_id);
CREATE TRIGGER case_act_is_never_changed BEFORE UPDATE ON case_act
BEGIN SELECT RAISE(ABORT, 'the history of a case is append-only'); END;
CREATE TRIGGER case_act_is_never_deleted BEFORE DELETE ON case_act
BEGIN SELECT RAISE(ABORT, 'the history of a case is append-only'); END;

-- The holds of a case: several where it is not known who is meant, or where it was reopened.
CREATE TABLE case_hold (
    hold_id BIGINT PRIMARY KEY REFERENCES hold (id),
    case_id BIGINT NOT NULL REFERENCES case_file (id)
);
CREATE INDEX case_hold_case ON case_hold (case_id);

-- Two weeks are ten working days or fewer.
INSERT INTO case_file (kind, dispute, source, person_id, attempt_id, received_at, due_at, state, owner, opened_by, text,
    justified, measure, closed_at)
    SELECT 'ordinary', 0, 'agent', person_id, attempt_id, opened_at, opened_at + 1209600000000,
    CASE WHEN closed_at IS NULL THEN 'new' ELSE 'closed' END, closed_by, opened_by, text,
    CASE WHEN closed_at IS NULL THEN NULL ELSE 1 END, settled, closed_at FROM complaint ORDER BY id;
INSERT INTO case_file (kind, dispute, source, person_id, debt_id, attempt_id, received_at, due_at, opened_by, text)
    SELECT CASE h.kind WHEN 'dispute_open' THEN 'dispute' ELSE 'ordinary' END,
    CASE h.kind WHEN 'dispute_open' THEN 1 ELSE 0 END, 'key', h.person_id, MAX(h.debt_id), a.id, MIN(a.reserved_at),
    MIN(a.reserved_at) + 1209600000000, 'flow', ''
    FROM hold h JOIN attempt a ON h.evidence = 'attempt ' || a.id AND h.person_id = a.person_id
    WHERE h.kind IN ('complaint_open', 'dispute_open') AND h.until_at IS NULL AND NOT EXISTS (SELECT 1 FROM case_file c
    WHERE c.attempt_id = a.id AND (c.dispute = 1) = (h.kind = 'dispute_open')) GROUP BY h.kind, h.person_id, a.id ORDER BY a.id;
INSERT INTO case_hold (hold_id, case_id)
    SELECT h.id, MIN(c.id) FROM hold h JOIN case_file c ON h.evidence = 'attempt ' || c.attempt_id AND h.person_id = c.person_id
    WHERE h.kind = CASE c.dispute WHEN 1 THEN 'dispute_open' ELSE 'complaint_open' END AND h.until_at IS NULL
    AND c.state <> 'closed' GROUP BY h.id;
INSERT INTO case_act (case_id, at, who, act, text) SELECT id, received_at, opened_by, 'opened', text FROM case_file ORDER BY id;
INSERT INTO case_act (case_id, at, who, act, text)
    SELECT id, closed_at, owner, 'closed', measure FROM case_file WHERE closed_at IS NOT NULL ORDER BY id;
DROP TABLE complaint;
