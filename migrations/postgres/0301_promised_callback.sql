-- A promise ends what was agreed before it.
ALTER TABLE callback DROP CONSTRAINT callback_why_check;
ALTER TABLE callback ADD CONSTRAINT callback_why_check CHECK (why IN ('agent', 'inbound', 'paid', 'promised', 'rebooked'));
