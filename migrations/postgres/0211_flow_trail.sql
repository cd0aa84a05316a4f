-- The steps of its flow that a call went through, for who looks at it: JSON, pairs of microseconds since 1970 and a step's name.
ALTER TABLE attempt ADD COLUMN trail TEXT;
