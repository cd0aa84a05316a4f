//! What other systems are told: written with the thing itself, delivered later, at least once, debt by debt in order.

mod delivery;
mod endpoint;
mod message;
mod next_action;

pub use delivery::{Delivered, Delivery, DeliveryFilter, DeliveryRow};
pub use endpoint::EndpointRow;
pub(super) use message::{TalkTold, Told, WrittenTold, tell};
pub use next_action::NextAction;
