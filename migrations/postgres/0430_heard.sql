-- What was heard of a call, in order: verdicts, beeps, silences, an operator's announcement. Written with what came of it; a call that a crash
-- has cut off has none. `t_ms` is the media time from the answer, of what was heard before it (`early`) from the first sound on. `permille` is a
-- verdict's confidence, `features` (JSON) what it rested on.
CREATE TABLE heard (
    attempt_id BIGINT NOT NULL REFERENCES attempt (id),
    n          BIGINT NOT NULL,
    early      BIGINT NOT NULL CHECK (early IN (0, 1)),
    kind       TEXT   NOT NULL CHECK (kind IN ('announcement', 'beep_end', 'beep_start', 'fell_silent', 'spoke_again', 'verdict')),
    what       TEXT,
    t_ms       BIGINT NOT NULL CHECK (t_ms >= 0),
    permille   BIGINT CHECK (permille BETWEEN 0 AND 1000),
    features   TEXT,
    PRIMARY KEY (attempt_id, n),
    CHECK ((what IS NULL) = (kind NOT IN ('announcement', 'verdict'))),
    CHECK ((permille IS NULL) = (kind <> 'verdict')),
    CHECK ((features IS NULL) = (kind <> 'verdict'))
);
