-- Who is on the line as far as it decides which agent may talk to him: the person's language and type, the debt's
-- creditor. A claim finds those that an agent at hand can serve, however many others stand before them.
ALTER TABLE contact ADD COLUMN caller TEXT NOT NULL DEFAULT '';
UPDATE contact SET caller = p.language || ' ' || p.debtor_type || ' ' || CAST(d.creditor_id AS TEXT)
    FROM person p, debt d WHERE p.id = contact.person_id AND d.id = contact.debt_id;
CREATE INDEX contact_queue_caller ON contact (campaign_id, caller, score DESC, last_tried_at, id) WHERE state = 'queued';
CREATE FUNCTION name_caller() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT p.language || ' ' || p.debtor_type || ' ' || CAST(d.creditor_id AS TEXT) INTO NEW.caller
        FROM person p, debt d WHERE p.id = NEW.person_id AND d.id = NEW.debt_id;
    RETURN NEW;
END $$;
CREATE TRIGGER contact_has_its_caller BEFORE INSERT ON contact
FOR EACH ROW WHEN (NEW.caller = '') EXECUTE FUNCTION name_caller();
CREATE TRIGGER contact_of_another_person BEFORE UPDATE OF person_id ON contact
FOR EACH ROW WHEN (OLD.person_id <> NEW.person_id) EXECUTE FUNCTION name_caller();
CREATE FUNCTION rename_callers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE contact SET caller = NEW.language || ' ' || NEW.debtor_type || ' ' || CAST(d.creditor_id AS TEXT)
        FROM debt d WHERE d.id = contact.debt_id AND contact.person_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER person_is_another_caller AFTER UPDATE OF language, debtor_type ON person
FOR EACH ROW WHEN (OLD.language <> NEW.language OR OLD.debtor_type <> NEW.debtor_type) EXECUTE FUNCTION rename_callers();
