//! Quality: which talks there are to listen to, the lists that were drawn, and what reviewers found.

mod review;
mod sample;
