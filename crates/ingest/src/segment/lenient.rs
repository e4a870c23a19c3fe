//! JSON values that note what they were not, instead of stopping the reader.
//!
//! So one bad event cannot take its batch with it. Lists stop growing at their limit while the
//! rest is counted.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Up to here every whole `f64` is exact; a JSON number beyond is not the number that was meant.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// A value that notes what it was not, instead of stopping the reader.
pub(crate) trait Lenient<'de>: Default {
    /// Anything that is not taken.
    fn wrong() -> Self;

    /// A text.
    fn text(_: Cow<'de, str>) -> Self {
        Self::wrong()
    }

    /// A whole number in its digits.
    fn number(_: String) -> Self {
        Self::wrong()
    }

    /// A yes or a no.
    fn flag(_: bool) -> Self {
        Self::wrong()
    }

    /// An object.
    fn map<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::wrong())
    }

    /// A list.
    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::wrong())
    }
}

/// Reads any JSON value into a [`Lenient`] one.
pub(crate) fn read<'de, D: Deserializer<'de>, T: Lenient<'de>>(from: D) -> Result<T, D::Error> {
    Reader::new().deserialize(from)
}

/// Reads a [`Lenient`] value where a map or a list asks for one.
pub(crate) struct Reader<T>(PhantomData<T>);

impl<T> Reader<T> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Lenient<'de>> DeserializeSeed<'de> for Reader<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<T, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de, T: Lenient<'de>> Visitor<'de> for Reader<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<T, E> {
        Ok(T::flag(flag))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        Ok(T::number(number.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        Ok(T::number(number.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        let whole = number.fract() == 0.0 && number.abs() < EXACT_MAX;
        Ok(if whole { T::number(format!("{number:.0}")) } else { T::wrong() })
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<T, E> {
        Ok(T::text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        Ok(T::text(Cow::Owned(text.to_owned())))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::map(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        T::list(list)
    }
}

/// A text, or a whole number that is taken for one.
#[derive(Clone, Default)]
pub(crate) enum Scalar<'a> {
    /// Missing or `null`.
    #[default]
    Absent,
    /// A text, or the digits of a whole number.
    Text(Cow<'a, str>),
    /// Anything else.
    Wrong,
}

impl<'de> Lenient<'de> for Scalar<'de> {
    fn wrong() -> Self {
        Self::Wrong
    }

    fn text(text: Cow<'de, str>) -> Self {
        Self::Text(text)
    }

    fn number(digits: String) -> Self {
        Self::Text(Cow::Owned(digits))
    }
}

/// An object with declared fields.
#[derive(Default)]
pub(crate) enum Object<T> {
    /// Missing or `null`.
    #[default]
    Absent,
    /// As expected.
    Value(T),
    /// Anything else.
    Wrong,
}

impl<'de, T: Deserialize<'de>> Lenient<'de> for Object<T> {
    fn wrong() -> Self {
        Self::Wrong
    }

    fn map<A: MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Self::Value)
    }
}

/// A list that keeps at most `MAX` entries and counts all.
#[derive(Default)]
pub(crate) enum List<T, const MAX: usize> {
    /// Missing or `null`.
    #[default]
    Absent,
    /// The first entries and how many there were.
    Value(Vec<T>, usize),
    /// Anything else.
    Wrong,
}

impl<'de, T: Lenient<'de>, const MAX: usize> Lenient<'de> for List<T, MAX> {
    fn wrong() -> Self {
        Self::Wrong
    }

    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut entries = Vec::new();
        while entries.len() < MAX {
            match list.next_element_seed(Reader::new())? {
                Some(entry) => entries.push(entry),
                None => {
                    let count = entries.len();
                    return Ok(Self::Value(entries, count));
                }
            }
        }
        let mut count = entries.len();
        while list.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(Self::Value(entries, count))
    }
}
