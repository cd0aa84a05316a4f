-- A promise is judged by when it was paid. `until`: its last day with the grace, once it was judged by its campaign's terms.
-- `void`: money from before the promise, told later, settled what was promised.
ALTER TABLE promise ADD COLUMN until TEXT CHECK (length(until) = 10);
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'state IN (''open'', ''kept'', ''broken'')',
    'state IN (''open'', ''kept'', ''broken'', ''void'')') WHERE type = 'table' AND name = 'promise';
-- And what other systems are told of.
UPDATE sqlite_schema SET sql = replace(sql, '''attempt'',', '''attempt'', ''dispute'', ''reversal'',')
    WHERE type = 'table' AND name = 'outbox';
PRAGMA writable_schema = RESET;

-- How a promise was judged each time, and what had been paid in time and too late by then. Append-only.
CREATE TABLE promise_judgement (
    id         INTEGER PRIMARY KEY,
    promise_id BIGINT NOT NULL REFERENCES promise (id),
    at         BIGINT NOT NULL,
    was        TEXT   NOT NULL,
    became     TEXT   NOT NULL,
    paid_minor BIGINT NOT NULL,
    late_minor BIGINT NOT NULL,
    CHECK (was <> became)
);
CREATE INDEX promise_judgement_promise ON promise_judgement (promise_id);
CREATE TRIGGER promise_judgement_is_never_changed BEFORE UPDATE ON promise_judgement
BEGIN SELECT RAISE(ABORT, 'judgements of promises are append-only'); END;
CREATE TRIGGER promise_judgement_is_never_deleted BEFORE DELETE ON promise_judgement
BEGIN SELECT RAISE(ABORT, 'judgements of promises are append-only'); END;
