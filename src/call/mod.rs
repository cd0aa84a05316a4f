//! One call as a state machine. Floor 2, sans-IO.
