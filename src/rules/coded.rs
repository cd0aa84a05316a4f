//! Closed sets of words: enums whose variants have codes for files and the database, and sets of them.

use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

/// An enum of at most 32 variants with a code for each.
pub trait Coded: Copy + 'static {
    /// Every variant once, in order.
    const ALL: &'static [Self];

    /// The code in files and the database.
    fn code(self) -> &'static str;

    /// The variant's place in `ALL`.
    fn place(self) -> u32;
}

/// Declares an enum with `code`, `parse`, `ALL`, and serde by code.
macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $code)] $variant),+ }

        impl $name {
            /// Every variant once, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code in files and the database.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// Reads a code.
            pub fn parse(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }

        impl $crate::rules::coded::Coded for $name {
            const ALL: &'static [Self] = Self::ALL;

            fn code(self) -> &'static str {
                self.code()
            }

            fn place(self) -> u32 {
                self as u32
            }
        }
    };
}
pub(in crate::rules) use coded;

/// A set of coded words.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Set<T> {
    bits: u32,
    of: PhantomData<T>,
}

impl<T> Clone for Set<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Set<T> {}

impl<T> Default for Set<T> {
    fn default() -> Self {
        Self { bits: 0, of: PhantomData }
    }
}

impl<T: Coded> Set<T> {
    pub fn contains(self, word: T) -> bool {
        self.bits & (1 << word.place()) != 0
    }

    pub fn is_empty(self) -> bool {
        self.bits == 0
    }

    pub fn iter(self) -> impl Iterator<Item = T> {
        T::ALL.iter().copied().filter(move |&word| self.contains(word))
    }

    /// Every word of `self` is in `other`.
    pub fn is_subset(self, other: Self) -> bool {
        self.bits & !other.bits == 0
    }
}

impl<T: Coded> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(words: I) -> Self {
        let bits = words.into_iter().fold(0, |bits, word| bits | 1 << word.place());
        Self { bits, of: PhantomData }
    }
}

impl<T: Coded> Serialize for Set<T> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter().map(T::code))
    }
}

impl<'de, T: Coded + Deserialize<'de>> Deserialize<'de> for Set<T> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Vec::<T>::deserialize(from)?.into_iter().collect())
    }
}
