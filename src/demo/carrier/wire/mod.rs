//! What goes over the wire: SIP messages, SDP bodies and digest credentials, read and written by our own hand.

pub mod dialog;
pub mod digest;
pub mod message;
pub mod reply;
pub mod sdp;
