-- A campaign's attempts of a period: the gate counts its answered calls before each predictive dial, and the pacing at its start.
CREATE INDEX attempt_campaign ON attempt (campaign_id, reserved_at);
