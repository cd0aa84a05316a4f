//! A checked flow graph and its interpreter: digits and prompt ends in, utterances and choices out. Floor 1, sans-IO.
