-- A debtor's own call is an action of the channel inbound_call, and wears nothing out: where there are such calls, ours or
-- told, all is counted anew. The report of promises has its sums from there, too.
UPDATE tally_plan SET built_upto = -1 WHERE EXISTS (SELECT 1 FROM attempt WHERE channel = 'inbound_call')
    OR EXISTS (SELECT 1 FROM outside_action o JOIN event e ON e.id = o.event_id WHERE e.kind = 'inbound_conversation');
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
DROP INDEX attempt_inbound;
