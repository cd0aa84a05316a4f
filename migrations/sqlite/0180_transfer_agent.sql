-- Who handed the call on; absent in rows from before.
ALTER TABLE transfer ADD COLUMN agent TEXT;
