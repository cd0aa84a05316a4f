//! Webhooks to other systems: signed, at least once, retried with growing pauses; and whether one that came is signed. Floor 3.
//!
//! The messages and their order are the store's; here is one try of one message, and when to try again.

mod back_off;
mod sender;
mod signature;

pub use back_off::back_off;
pub use sender::{Endpoint, Sender, Sent};
pub use signature::{is_signed, sign};
