-- Which use of a channel on the person an action was, over all his debts, as far as was known when it was written down.
-- Absent: it was none (a fault, a call taken back, his own call). What there is gets its number in order of time.
ALTER TABLE attempt ADD COLUMN nth_use BIGINT CHECK (nth_use > 0);
ALTER TABLE outside_action ADD COLUMN nth_use BIGINT CHECK (nth_use > 0);
-- Whom it was with then, and by which channel: what its entry in the ledger says.
ALTER TABLE outside_action ADD COLUMN person_id BIGINT REFERENCES person (id);
ALTER TABLE outside_action ADD COLUMN channel TEXT;
UPDATE outside_action SET person_id = e.person_id, channel = CASE
    WHEN e.kind = 'letter' THEN 'letter' WHEN e.kind = 'visit' THEN 'visit'
    WHEN e.kind = 'inbound_conversation' THEN 'inbound_call'
    WHEN e.kind IN ('voicemail', 'amd_disconnect') THEN 'voicemail'
    WHEN e.channel_exact = 'video' THEN 'video'
    WHEN e.kind = 'message' AND e.channel_exact IN ('sms', 'email') THEN e.channel_exact
    WHEN e.kind = 'message' THEN 'messenger'
    WHEN e.agent = 'human' THEN 'agent_call' ELSE 'ivr' END
    FROM event e WHERE e.id = outside_action.event_id;
CREATE INDEX outside_action_person ON outside_action (person_id);

CREATE TEMP TABLE used AS SELECT w.source, w.id, ROW_NUMBER() OVER (PARTITION BY w.person_id, w.channel
    ORDER BY w.at, w.source, w.id) AS nth FROM (
    SELECT 0 AS source, a.id, a.person_id, a.channel, a.reserved_at AS at FROM attempt a
    WHERE a.outcome IS NOT NULL AND a.outcome <> 'cancelled' AND a.outcome NOT LIKE 'failed%' AND a.channel <> 'inbound_call'
    AND a.creditor_id NOT IN (SELECT id FROM creditor WHERE name IN ('obzvon: service calls', 'obzvon: test calls'))
    UNION ALL SELECT 1, o.event_id, o.person_id, o.channel, o.at FROM outside_action o WHERE o.channel <> 'inbound_call'
    AND NOT EXISTS (SELECT 1 FROM event c WHERE c.corrects = o.event_id)) w;
UPDATE attempt SET nth_use = u.nth FROM used u WHERE u.source = 0 AND u.id = attempt.id;
UPDATE outside_action SET nth_use = u.nth FROM used u WHERE u.source = 1 AND u.id = outside_action.event_id;
DROP TABLE used;

-- All that is counted of debts is counted anew.
UPDATE tally_plan SET built_upto = -1 WHERE EXISTS (SELECT 1 FROM attempt) OR EXISTS (SELECT 1 FROM outside_action);
DELETE FROM tally_effect WHERE (SELECT built_upto FROM tally_plan WHERE id = 1) = -1;
DELETE FROM tally_call WHERE (SELECT built_upto FROM tally_plan WHERE id = 1) = -1;
DELETE FROM tally_use WHERE (SELECT built_upto FROM tally_plan WHERE id = 1) = -1;
DELETE FROM tally_account_day WHERE (SELECT built_upto FROM tally_plan WHERE id = 1) = -1;
DELETE FROM tally_account_month WHERE (SELECT built_upto FROM tally_plan WHERE id = 1) = -1;
DELETE FROM tally_talk WHERE (SELECT built_upto FROM tally_plan WHERE id = 1) = -1;
DELETE FROM tally_agent_paid WHERE (SELECT built_upto FROM tally_plan WHERE id = 1) = -1;
DELETE FROM tally_wait WHERE (SELECT built_upto FROM tally_plan WHERE id = 1) = -1;
DELETE FROM tally_cost WHERE (SELECT built_upto FROM tally_plan WHERE id = 1) = -1;
DELETE FROM tally_payment WHERE (SELECT built_upto FROM tally_plan WHERE id = 1) = -1;
UPDATE tally_plan SET built_upto = 0 WHERE built_upto = -1;
