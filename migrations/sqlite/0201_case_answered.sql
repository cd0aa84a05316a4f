-- The answer to a case goes out as a word to the debtor.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''attempt'',', '''attempt'', ''case_answered'',')
    WHERE type = 'table' AND name = 'outbox';
PRAGMA writable_schema = RESET;
