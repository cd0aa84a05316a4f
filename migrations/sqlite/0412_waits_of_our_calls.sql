-- How long a person waits for an agent is told of calls that we make: where debtors called, it is counted anew.
UPDATE tally_plan SET built_upto = -1
    WHERE EXISTS (SELECT 1 FROM attempt WHERE channel = 'inbound_call');
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
DELETE FROM tally_step WHERE (SELECT built_upto FROM tally_plan WHERE id = 1) = -1;
UPDATE tally_plan SET built_upto = 0 WHERE built_upto = -1;
