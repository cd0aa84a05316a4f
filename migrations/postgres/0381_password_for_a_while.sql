-- A password that somebody else has given is good for a while, three days, from when it was given. Absent: it is his own.
ALTER TABLE app_user ADD COLUMN once_until BIGINT;
UPDATE app_user SET once_until = changed_at + 259200000000 WHERE once = 1;
ALTER TABLE app_user DROP COLUMN once;
