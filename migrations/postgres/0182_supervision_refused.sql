-- Why what a supervisor was about to do came to nothing: its own row, after the one that said he was about to. NULL: it was done.
ALTER TABLE supervision ADD COLUMN refused TEXT;
