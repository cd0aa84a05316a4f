-- The store of obzvon, first version, for SQLite.
-- Moments are microseconds since 1970 UTC; flags are 0 and 1; dates are 'YYYY-MM-DD'; lists are JSON in TEXT.
-- The folder beside this one holds the same tables for PostgreSQL.

-- A debtor, whoever calls him and on whatever number. `time_zone` and `region` are what the lists say of his place:
-- the evidence the rules conclude his zones from.
CREATE TABLE person (
    id            INTEGER PRIMARY KEY,
    external_id   TEXT   NOT NULL UNIQUE,
    name          TEXT,
    language      TEXT   NOT NULL CHECK (language IN ('ru', 'en')),
    debtor_type   TEXT   NOT NULL CHECK (debtor_type IN
                  ('forgetful', 'fraudster', 'habitual', 'idler', 'involuntary', 'unknown')),
    region        TEXT,
    time_zone     TEXT,
    updated_at    BIGINT NOT NULL
);

-- A number a person may be reached on. `rank` 0 is tried first. A number shared by two persons stands twice.
CREATE TABLE phone (
    id         INTEGER PRIMARY KEY,
    person_id  BIGINT NOT NULL REFERENCES person (id),
    e164       TEXT   NOT NULL,
    phone_type TEXT   NOT NULL DEFAULT 'unknown' CHECK (phone_type IN ('mobile', 'residential', 'unknown', 'work')),
    relation   TEXT   NOT NULL DEFAULT 'debtor' CHECK (relation IN ('debtor', 'representative', 'third_party')),
    rank       BIGINT NOT NULL,
    state      TEXT   NOT NULL DEFAULT 'usable' CHECK (state IN ('usable', 'invalid', 'wrong_person')),
    UNIQUE (person_id, e164)
);
CREATE INDEX phone_e164 ON phone (e164);

-- Whom debts are owed to; the name is the lists'.
CREATE TABLE creditor (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

-- One debt of one person, known by the creditor's own id. Amounts are in minor units.
CREATE TABLE debt (
    id           INTEGER PRIMARY KEY,
    creditor_id  BIGINT NOT NULL REFERENCES creditor (id),
    external_id  TEXT   NOT NULL,
    person_id    BIGINT NOT NULL REFERENCES person (id),
    amount_minor BIGINT NOT NULL CHECK (amount_minor >= 0),
    currency     TEXT   NOT NULL CHECK (length(currency) = 3),
    due_date     TEXT   NOT NULL CHECK (length(due_date) = 10),
    state        TEXT   NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'paid', 'disputed', 'closed')),
    updated_at   BIGINT NOT NULL,
    UNIQUE (creditor_id, external_id)
);
CREATE INDEX debt_person ON debt (person_id);

-- A running list. Only `running` is dialled; `stopped` is final.
CREATE TABLE campaign (
    id         INTEGER PRIMARY KEY,
    name       TEXT   NOT NULL UNIQUE,
    state      TEXT   NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'running', 'paused', 'stopped')),
    changed_at BIGINT NOT NULL
);

-- One debt of one person in one campaign. States and their ways:
--   queued -> in_flight -> waiting -> queued ...; queued -> waiting by a denial; held waits for an agent; done is final.
-- `why` names the reason of `waiting`, `held` and `done`: a rule, an outcome, a payment.
-- `tries` counts every attempt, whatever came of it; `answered` says that one of them was.
-- `claimed_until` is a short lease of one node's scheduler; it changes nothing but who looks at the row.
CREATE TABLE contact (
    id             INTEGER PRIMARY KEY,
    campaign_id    BIGINT NOT NULL REFERENCES campaign (id),
    person_id      BIGINT NOT NULL REFERENCES person (id),
    debt_id        BIGINT NOT NULL REFERENCES debt (id),
    state          TEXT   NOT NULL CHECK (state IN ('queued', 'waiting', 'in_flight', 'held', 'done')),
    why            TEXT   NOT NULL DEFAULT '',
    score          BIGINT NOT NULL DEFAULT 0,
    next_at        BIGINT,
    not_after      BIGINT,
    claimed_until  BIGINT NOT NULL DEFAULT 0,
    tries          BIGINT NOT NULL DEFAULT 0 CHECK (tries >= 0),
    answered       BIGINT NOT NULL DEFAULT 0 CHECK (answered IN (0, 1)),
    last_tried_at  BIGINT NOT NULL DEFAULT 0,
    UNIQUE (campaign_id, debt_id),
    CHECK ((state = 'waiting') = (next_at IS NOT NULL)),
    CHECK (state IN ('queued', 'in_flight') OR why <> '')
);
-- The order of dialling; the cost of a claim does not grow with the list.
CREATE INDEX contact_queue ON contact (campaign_id, score DESC, last_tried_at, id) WHERE state = 'queued';
CREATE INDEX contact_waiting ON contact (next_at) WHERE state = 'waiting';
CREATE INDEX contact_person ON contact (person_id);
CREATE INDEX contact_debt ON contact (debt_id);
-- "Why not" is counted from this index alone.
CREATE INDEX contact_why ON contact (campaign_id, state, why);

-- The rules decisions were made by, as they were flattened, by the hash of their text.
CREATE TABLE rule_set (
    hash TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    body TEXT NOT NULL
);

-- The heads of the decision chains: sequence, hash and time of the last record of each.
-- `at` is also the watch over the clock: time that goes back is not believed.
CREATE TABLE chain (
    id   INTEGER PRIMARY KEY,
    seq  BIGINT NOT NULL DEFAULT 0,
    hash TEXT   NOT NULL DEFAULT '',
    at   BIGINT NOT NULL DEFAULT 0
);
INSERT INTO chain (id) VALUES (0), (1), (2), (3), (4), (5), (6), (7);

-- A decision of the gate with everything it rested on; `hash` covers `prev_hash` and `record`. Append-only.
CREATE TABLE decision (
    id           INTEGER PRIMARY KEY,
    chain        BIGINT NOT NULL REFERENCES chain (id),
    seq          BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    person_id    BIGINT NOT NULL REFERENCES person (id),
    contact_id   BIGINT REFERENCES contact (id),
    allow        BIGINT NOT NULL CHECK (allow IN (0, 1)),
    deny_rule    TEXT,
    next_allowed BIGINT,
    basis        TEXT   NOT NULL,
    record       TEXT   NOT NULL,
    prev_hash    TEXT   NOT NULL,
    hash         TEXT   NOT NULL,
    UNIQUE (chain, seq),
    CHECK ((allow = 1) = (deny_rule IS NULL))
);
CREATE INDEX decision_person ON decision (person_id, id);
CREATE TRIGGER decision_is_never_changed BEFORE UPDATE ON decision
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decision_is_never_deleted BEFORE DELETE ON decision
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;

-- How often, and until when, a denial was given again while nothing had changed (`decision.basis` is the same).
CREATE TABLE denial_repeat (
    decision_id INTEGER PRIMARY KEY REFERENCES decision (id),
    times       BIGINT NOT NULL,
    last_at     BIGINT NOT NULL
);

-- The heads of all chains at the end of a day (UTC), to be stored apart.
CREATE TABLE daily_root (
    day   TEXT PRIMARY KEY,
    heads TEXT NOT NULL,
    root  TEXT NOT NULL
);

-- A process that dials. Its open attempts are lost when the heartbeat is older than the lease.
CREATE TABLE node (
    name         TEXT   PRIMARY KEY,
    started_at   BIGINT NOT NULL,
    heartbeat_at BIGINT NOT NULL
);

-- One dial: written before its INVITE leaves, closed once. An open attempt has no outcome.
-- What is known of the debtor is kept as it was at the time, so that reports do not change with him.
CREATE TABLE attempt (
    id                INTEGER PRIMARY KEY,
    contact_id        BIGINT NOT NULL REFERENCES contact (id),
    campaign_id       BIGINT NOT NULL REFERENCES campaign (id),
    person_id         BIGINT NOT NULL REFERENCES person (id),
    debt_id           BIGINT NOT NULL REFERENCES debt (id),
    decision_id       BIGINT NOT NULL REFERENCES decision (id),
    node              TEXT   NOT NULL,
    phone             TEXT   NOT NULL,
    trunk             TEXT   NOT NULL,
    caller_id         TEXT   NOT NULL,
    channel           TEXT   NOT NULL CHECK (channel IN ('ivr', 'agent_call', 'voicemail', 'inbound_call')),
    debtor_type       TEXT   NOT NULL,
    debt_kind         TEXT   NOT NULL CHECK (debt_kind IN ('current', 'overdue', 'collectible')),
    creditor_id       BIGINT NOT NULL REFERENCES creditor (id),
    amount_minor      BIGINT NOT NULL,
    currency          TEXT   NOT NULL,
    config_version    TEXT   NOT NULL,
    flow_version      TEXT   NOT NULL,
    due_at            BIGINT NOT NULL,
    reserved_at       BIGINT NOT NULL,
    invite_at         BIGINT,
    trying_at         BIGINT,
    ringing_at        BIGINT,
    early_media_at    BIGINT,
    answer_at         BIGINT,
    first_audio_at    BIGINT,
    first_key_at      BIGINT,
    end_at            BIGINT,
    outcome           TEXT CHECK (outcome IN ('abandoned', 'answered', 'busy', 'cancelled', 'failed_blocked',
                      'failed_lost', 'failed_trunk', 'failed_us', 'invalid_number', 'machine', 'no_answer',
                      'rejected', 'unwanted')),
    disposition       TEXT,
    grades            TEXT   NOT NULL DEFAULT '[]',
    sip_code          BIGINT,
    sip_reason        TEXT,
    q850              BIGINT,
    hung_up_by        TEXT CHECK (hung_up_by IN ('callee', 'network', 'us')),
    heard_percent     BIGINT CHECK (heard_percent BETWEEN 0 AND 100),
    keys              TEXT   NOT NULL DEFAULT '',
    identified        BIGINT NOT NULL DEFAULT 0 CHECK (identified IN (0, 1)),
    promised_on       TEXT,
    cost_micro        BIGINT,
    closed_at         BIGINT,
    CHECK ((outcome IS NULL) = (closed_at IS NULL))
);
-- The law of the house: one open attempt a person, whatever the campaign, the debt, the phone or the node.
CREATE UNIQUE INDEX attempt_one_open ON attempt (person_id) WHERE outcome IS NULL;
CREATE INDEX attempt_phone_open ON attempt (phone) WHERE outcome IS NULL;
CREATE INDEX attempt_person ON attempt (person_id, id);
CREATE INDEX attempt_contact ON attempt (contact_id, id);
CREATE INDEX attempt_reserved ON attempt (reserved_at);

-- The ledger: what was done to a person over all phones, debts, campaigns and channels. Limits are counted from it
-- and from nothing else. Append-only: a wrong entry is answered by one that names it in `corrects`; an entry with the
-- attempt of an `in_flight` closes that one. `phone` holds the digits of the number.
CREATE TABLE event (
    id            INTEGER PRIMARY KEY,
    person_id     BIGINT NOT NULL REFERENCES person (id),
    at            BIGINT NOT NULL,
    kind          TEXT   NOT NULL CHECK (kind IN ('in_flight', 'attempt_unconnected', 'attempt_no_answer',
                  'voicemail', 'amd_disconnect', 'answered_unknown', 'abandoned', 'third_party', 'conversation',
                  'inbound_conversation', 'message', 'letter', 'visit')),
    channel_exact TEXT   NOT NULL,
    phone         BIGINT,
    phone_type    TEXT,
    dial_mode     TEXT   NOT NULL,
    debt_id       BIGINT REFERENCES debt (id),
    creditor      TEXT,
    agent         TEXT CHECK (agent IN ('human', 'robot')),
    excluded      BIGINT NOT NULL DEFAULT 0 CHECK (excluded IN (0, 1)),
    attempt_id    BIGINT REFERENCES attempt (id),
    corrects      BIGINT REFERENCES event (id),
    source        TEXT   NOT NULL,
    external_id   TEXT UNIQUE,
    written_at    BIGINT NOT NULL
);
CREATE INDEX event_person ON event (person_id, at);
CREATE INDEX event_phone ON event (phone, at) WHERE phone IS NOT NULL;
CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

-- A reason not to contact a person, on one phone or debt where those are set. Lifted by a moment, never deleted.
CREATE TABLE hold (
    id        INTEGER PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id),
    kind      TEXT   NOT NULL,
    phone     BIGINT,
    debt_id   BIGINT REFERENCES debt (id),
    from_at   BIGINT,
    until_at  BIGINT,
    suspended TEXT   NOT NULL DEFAULT '[]',
    evidence  TEXT
);
CREATE INDEX hold_person ON hold (person_id);
CREATE INDEX hold_phone ON hold (phone) WHERE phone IS NOT NULL;

-- What a person agreed to, with the evidence. Withdrawn by a moment, never deleted.
CREATE TABLE consent (
    id        INTEGER PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id),
    kind      TEXT   NOT NULL,
    phone     BIGINT,
    debt_id   BIGINT REFERENCES debt (id),
    from_at   BIGINT,
    until_at  BIGINT,
    evidence  TEXT
);
CREATE INDEX consent_person ON consent (person_id);

-- A date a debtor named for his payment.
CREATE TABLE promise (
    id           INTEGER PRIMARY KEY,
    person_id    BIGINT NOT NULL REFERENCES person (id),
    debt_id      BIGINT NOT NULL REFERENCES debt (id),
    attempt_id   BIGINT NOT NULL UNIQUE REFERENCES attempt (id),
    made_at      BIGINT NOT NULL,
    promised_on  TEXT   NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency     TEXT   NOT NULL,
    state        TEXT   NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'kept', 'broken')),
    judged_at    BIGINT,
    CHECK ((state = 'open') = (judged_at IS NULL))
);
CREATE INDEX promise_debt ON promise (debt_id);
CREATE INDEX promise_open ON promise (promised_on) WHERE state = 'open';
CREATE INDEX promise_broken ON promise (judged_at) WHERE state = 'broken';

-- Money that came in, from any side; `external_id` makes a second message about it harmless.
CREATE TABLE payment (
    id           INTEGER PRIMARY KEY,
    external_id  TEXT   NOT NULL UNIQUE,
    debt_id      BIGINT NOT NULL REFERENCES debt (id),
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    currency     TEXT   NOT NULL,
    paid_at      BIGINT NOT NULL,
    received_at  BIGINT NOT NULL
);
CREATE INDEX payment_debt ON payment (debt_id);

-- The tally of reactions: one row for each thing that followed an action, under the action's channel, debtor type
-- and kind of debt. Rows and not counters: two finishes at once never wait for each other.
CREATE TABLE reaction (
    id           INTEGER PRIMARY KEY,
    at           BIGINT NOT NULL,
    person_id    BIGINT NOT NULL REFERENCES person (id),
    debt_id      BIGINT NOT NULL REFERENCES debt (id),
    campaign_id  BIGINT REFERENCES campaign (id),
    attempt_id   BIGINT REFERENCES attempt (id),
    kind         TEXT   NOT NULL CHECK (kind IN ('answered', 'right_party', 'promise', 'payment', 'dispute',
                 'complaint', 'opt_out')),
    channel      TEXT,
    debtor_type  TEXT   NOT NULL,
    debt_kind    TEXT   NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency     TEXT   NOT NULL
);
CREATE INDEX reaction_at ON reaction (at);
CREATE INDEX reaction_debt ON reaction (debt_id);

-- What other systems are to be told, written in one transaction with the thing itself. Debt by debt it is told in the
-- order of `id`.
CREATE TABLE outbox (
    id      INTEGER PRIMARY KEY,
    at      BIGINT NOT NULL,
    kind    TEXT   NOT NULL CHECK (kind IN ('attempt', 'payment', 'promise')),
    debt_id BIGINT NOT NULL REFERENCES debt (id),
    payload TEXT   NOT NULL
);

-- Who is to be told of whose debts, as the configuration had it last; an empty creditor stands for all.
CREATE TABLE endpoint (
    name     TEXT NOT NULL,
    creditor TEXT NOT NULL,
    PRIMARY KEY (name, creditor)
);

-- A message for an endpoint, made with the message. A try is counted before it is made; until `next_try_at` it is
-- being made, or waits for the next.
CREATE TABLE delivery (
    endpoint    TEXT   NOT NULL,
    outbox_id   BIGINT NOT NULL REFERENCES outbox (id),
    debt_id     BIGINT NOT NULL,
    tries       BIGINT NOT NULL DEFAULT 0,
    next_try_at BIGINT NOT NULL,
    taken_at    BIGINT,
    last_try_at BIGINT,
    status      BIGINT,
    fault       TEXT,
    PRIMARY KEY (endpoint, outbox_id)
);
CREATE INDEX delivery_waiting ON delivery (endpoint, debt_id, outbox_id) WHERE taken_at IS NULL;

-- One file read in. Its checked rows wait in `import_batch` until the whole file is known to be sound; then each
-- batch is merged and dropped in one transaction. A merge cut short goes on at the next start.
CREATE TABLE import_run (
    id          INTEGER PRIMARY KEY,
    name        TEXT   NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('staging', 'merging', 'done')),
    started_at  BIGINT NOT NULL,
    ended_at    BIGINT,
    added       BIGINT NOT NULL DEFAULT 0,
    changed     BIGINT NOT NULL DEFAULT 0,
    unchanged   BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE import_batch (
    run_id BIGINT NOT NULL REFERENCES import_run (id),
    batch  BIGINT NOT NULL,
    rows   TEXT   NOT NULL,
    PRIMARY KEY (run_id, batch)
);
