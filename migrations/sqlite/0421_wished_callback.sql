-- Whether he, or an agent with him, named the time of the call: one for which nobody did was offered by a flow, and gives way to
-- whatever the agent of the same talk agrees with him.
ALTER TABLE callback ADD COLUMN wished BIGINT NOT NULL DEFAULT 1 CHECK (wished IN (0, 1));
