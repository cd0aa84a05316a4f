-- Calls that came in are few among those we made: the report of promises finds theirs by this.
CREATE INDEX attempt_inbound ON attempt (reserved_at) WHERE channel = 'inbound_call';
