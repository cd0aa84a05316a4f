//! Writing requests and reading what answers them.

pub(super) mod dialog;
pub(super) mod digest;
pub(super) mod draft;
pub(super) mod read;
