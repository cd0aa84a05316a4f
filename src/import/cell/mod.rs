//! One cell at a time: text as people type it in, a checked value or nothing out.

mod date;
mod money;
mod neutralise;
mod phone;
mod words;
mod zone;

pub use date::date;
pub use money::{BadMoney, money};
pub use neutralise::{denature, neutralise};
pub use phone::{Phones, one_phone, phones};
pub use words::{currency, debtor_type, language};
pub use zone::zone;
