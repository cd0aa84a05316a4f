-- Who is on the line as far as it decides which agent may talk to him: the person's language and type, the debt's
-- creditor. A claim finds those that an agent at hand can serve, however many others stand before them.
ALTER TABLE contact ADD COLUMN caller TEXT NOT NULL DEFAULT '';
UPDATE contact SET caller = (SELECT p.language || ' ' || p.debtor_type || ' ' || CAST(d.creditor_id AS TEXT)
    FROM person p, debt d WHERE p.id = contact.person_id AND d.id = contact.debt_id);
CREATE INDEX contact_queue_caller ON contact (campaign_id, caller, score DESC, last_tried_at, id) WHERE state = 'queued';
CREATE TRIGGER contact_has_its_caller AFTER INSERT ON contact WHEN NEW.caller = ''
BEGIN
    UPDATE contact SET caller = (SELECT p.language || ' ' || p.debtor_type || ' ' || CAST(d.creditor_id AS TEXT)
        FROM person p, debt d WHERE p.id = NEW.person_id AND d.id = NEW.debt_id) WHERE id = NEW.id;
END;
CREATE TRIGGER contact_of_another_person AFTER UPDATE OF person_id ON contact WHEN OLD.person_id <> NEW.person_id
BEGIN
    UPDATE contact SET caller = (SELECT p.language || ' ' || p.debtor_type || ' ' || CAST(d.creditor_id AS TEXT)
        FROM person p, debt d WHERE p.id = NEW.person_id AND d.id = NEW.debt_id) WHERE id = NEW.id;
END;
CREATE TRIGGER person_is_another_caller AFTER UPDATE OF language, debtor_type ON person
WHEN OLD.language <> NEW.language OR OLD.debtor_type <> NEW.debtor_type
BEGIN
    UPDATE contact SET caller = NEW.language || ' ' || NEW.debtor_type || ' ' ||
        (SELECT CAST(d.creditor_id AS TEXT) FROM debt d WHERE d.id = contact.debt_id) WHERE person_id = NEW.id;
END;
