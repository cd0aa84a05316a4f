-- Who was shown somebody may be lost before he decides: then it is not that his time ran out.
ALTER TABLE preview DROP CONSTRAINT preview_decided_check;
ALTER TABLE preview ADD CONSTRAINT preview_decided_check
    CHECK (decided IN ('agent_gone', 'call', 'not_now', 'ran_out', 'skip'));
