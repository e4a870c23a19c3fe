//! The declared fields of a body. Unknown fields are skipped where they stand and never kept.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, SeqAccess};
use serde_json::value::RawValue;

use crate::event::Stated;
use crate::segment::lenient::{Lenient, List, Object, Reader, Scalar, read};
use crate::segment::{
    BATCH_EVENTS_MAX, CONSENT_CATEGORIES_MAX, CONSENT_CATEGORY_BYTES_MAX, PRODUCTS_MAX,
    TRAIT_BYTES_MAX, TRAIT_VALUES_MAX,
};

/// The envelope of a batch.
#[derive(Deserialize)]
pub(crate) struct Envelope<'a> {
    #[serde(borrow, default, rename = "writeKey", deserialize_with = "read")]
    pub(crate) write_key: Scalar<'a>,
    #[serde(borrow, default, rename = "sentAt", deserialize_with = "read")]
    pub(crate) sent_at: Scalar<'a>,
    #[serde(borrow, default, deserialize_with = "read")]
    pub(crate) context: Object<Context<'a>>,
    #[serde(borrow, default, deserialize_with = "read")]
    pub(crate) batch: List<Object<Message<'a>>, BATCH_EVENTS_MAX>,
}

/// One event, alone or in a batch.
#[derive(Deserialize)]
pub(crate) struct Message<'a> {
    #[serde(borrow, default, rename = "type", deserialize_with = "read")]
    pub(crate) kind: Scalar<'a>,
    #[serde(borrow, default, deserialize_with = "read")]
    pub(crate) event: Scalar<'a>,
    #[serde(borrow, default, rename = "messageId", deserialize_with = "read")]
    pub(crate) message_id: Scalar<'a>,
    #[serde(borrow, default, rename = "anonymousId", deserialize_with = "read")]
    pub(crate) anonymous_id: Scalar<'a>,
    #[serde(borrow, default, rename = "userId", deserialize_with = "read")]
    pub(crate) user_id: Scalar<'a>,
    #[serde(borrow, default, deserialize_with = "read")]
    pub(crate) timestamp: Scalar<'a>,
    #[serde(borrow, default, rename = "originalTimestamp", deserialize_with = "read")]
    pub(crate) original_timestamp: Scalar<'a>,
    #[serde(borrow, default, rename = "sentAt", deserialize_with = "read")]
    pub(crate) sent_at: Scalar<'a>,
    #[serde(borrow, default, rename = "writeKey", deserialize_with = "read")]
    pub(crate) write_key: Scalar<'a>,
    #[serde(borrow, default, deserialize_with = "read")]
    pub(crate) context: Object<Context<'a>>,
    #[serde(borrow, default, deserialize_with = "read")]
    pub(crate) properties: Object<Properties<'a>>,
    #[serde(default, deserialize_with = "read")]
    pub(crate) traits: Traits,
}

/// `context`: nothing of it but the consent tool's word and the signals of the browser.
#[derive(Deserialize)]
pub(crate) struct Context<'a> {
    #[serde(default, deserialize_with = "read")]
    pub(crate) consent: Object<Consent>,
    /// As it stands; the room of consent reads it.
    #[serde(borrow, default)]
    pub(crate) signals: Option<&'a RawValue>,
}

/// `context.consent`.
#[derive(Deserialize)]
pub(crate) struct Consent {
    #[serde(default, rename = "categoryPreferences", deserialize_with = "read")]
    pub(crate) categories: Categories,
}

/// `properties`: one product, or a list of them.
#[derive(Deserialize)]
pub(crate) struct Properties<'a> {
    #[serde(borrow, default, deserialize_with = "read")]
    pub(crate) product_id: Scalar<'a>,
    #[serde(borrow, default, deserialize_with = "read")]
    pub(crate) id: Scalar<'a>,
    #[serde(borrow, default, deserialize_with = "read")]
    pub(crate) sku: Scalar<'a>,
    #[serde(borrow, default, deserialize_with = "read")]
    pub(crate) products: List<Object<Product<'a>>, PRODUCTS_MAX>,
}

/// One product of a list.
#[derive(Deserialize)]
pub(crate) struct Product<'a> {
    #[serde(borrow, default, deserialize_with = "read")]
    pub(crate) product_id: Scalar<'a>,
    #[serde(borrow, default, deserialize_with = "read")]
    pub(crate) id: Scalar<'a>,
    #[serde(borrow, default, deserialize_with = "read")]
    pub(crate) sku: Scalar<'a>,
}

/// What a consent tool said per category.
#[derive(Default)]
pub(crate) enum Categories {
    /// Missing or `null`.
    #[default]
    Absent,
    /// The first categories and how many there were.
    Value(Vec<(String, bool)>, usize),
    /// Anything else.
    Wrong,
}

impl<'de> Lenient<'de> for Categories {
    fn wrong() -> Self {
        Self::Wrong
    }

    /// A word that is not `true` counts as `false`: the protective reading.
    fn map<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let (mut categories, mut count) = (Vec::new(), 0);
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            let Yes(yes) = map.next_value_seed(Reader::new())?;
            count += 1;
            if categories.len() < CONSENT_CATEGORIES_MAX && name.len() <= CONSENT_CATEGORY_BYTES_MAX
            {
                categories.push((name.into_owned(), yes));
            }
        }
        Ok(Self::Value(categories, count))
    }
}

/// Whether a value is exactly `true`.
#[derive(Default)]
struct Yes(bool);

impl Lenient<'_> for Yes {
    fn wrong() -> Self {
        Self(false)
    }

    fn flag(yes: bool) -> Self {
        Self(yes)
    }
}

/// `traits`, of which only sizes and categories survive.
#[derive(Default)]
pub(crate) enum Traits {
    /// Missing or `null`.
    #[default]
    Absent,
    /// What was declared, and how much was not.
    Value(Stated),
    /// Anything else.
    Wrong,
}

impl<'de> Lenient<'de> for Traits {
    fn wrong() -> Self {
        Self::Wrong
    }

    fn map<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut stated = Stated::default();
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            let into = match name.as_ref() {
                "size" | "sizes" => &mut stated.sizes,
                "categories" | "preferred_categories" => &mut stated.categories,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    stated.dropped += 1;
                    continue;
                }
            };
            let Words(words, dropped) = map.next_value_seed(Reader::new())?;
            stated.emptied |= words.is_empty() && dropped == 0;
            let room = TRAIT_VALUES_MAX.saturating_sub(into.len());
            stated.dropped += dropped + words.len().saturating_sub(room);
            into.extend(words.into_iter().take(room));
        }
        Ok(Self::Value(stated))
    }
}

/// One word or a list of words, and how many were not taken.
#[derive(Default)]
struct Words(Vec<String>, usize);

impl Words {
    fn one(text: &str) -> Self {
        let text = text.trim();
        let fits = (1..=TRAIT_BYTES_MAX).contains(&text.len());
        if fits && !text.chars().any(char::is_control) {
            Self(vec![text.to_owned()], 0)
        } else {
            Self(Vec::new(), 1)
        }
    }
}

impl<'de> Lenient<'de> for Words {
    fn wrong() -> Self {
        Self(Vec::new(), 1)
    }

    fn text(text: Cow<'de, str>) -> Self {
        Self::one(&text)
    }

    fn number(digits: String) -> Self {
        Self::one(&digits)
    }

    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut words = Self::default();
        while let Some(entry) = list.next_element_seed(Reader::<Scalar<'de>>::new())? {
            let Self(one, dropped) = match entry {
                Scalar::Text(text) => Self::one(&text),
                Scalar::Absent | Scalar::Wrong => Self::wrong(),
            };
            words.1 += dropped;
            if words.0.len() < TRAIT_VALUES_MAX {
                words.0.extend(one);
            } else {
                words.1 += one.len();
            }
        }
        Ok(words)
    }
}
