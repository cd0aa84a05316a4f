//! The clock, one task per call and per campaign, reload, shutdown, rescue at start. Floor 4.
