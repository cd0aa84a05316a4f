-- Whoever is shown may pay meanwhile: then nobody has to decide about him.
ALTER TABLE preview DROP CONSTRAINT preview_decided_check;
ALTER TABLE preview ADD CONSTRAINT preview_decided_check
    CHECK (decided IN ('agent_gone', 'call', 'not_now', 'paid', 'ran_out', 'skip'));
