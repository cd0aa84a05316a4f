//! The RTP engine: its own threads on a 20 ms tick. Floor 3.
