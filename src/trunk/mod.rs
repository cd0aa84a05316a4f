//! Which trunk carries a call, and whether it is well. Floor 1, sans-IO.
