-- The history of cases and reviews of talks have links, too.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(replace(sql, '''access'', ''attempt'',', '''access'', ''attempt'', ''case_act'','),
    '''preference'', ''sealed_note''', '''preference'', ''quality_review'', ''sealed_note''')
    WHERE type = 'table' AND name = 'sealed_row';
PRAGMA writable_schema = RESET;
