-- A promise ends what was agreed before it.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '(why IN (''agent'', ''inbound'', ''paid'', ''rebooked''))',
    '(why IN (''agent'', ''inbound'', ''paid'', ''promised'', ''rebooked''))') WHERE type = 'table' AND name = 'callback';
PRAGMA writable_schema = RESET;
