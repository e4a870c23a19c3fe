//! The terms of a catalog entry.

use std::collections::BTreeMap;

use domain::catalog::Item;
use domain::money::Money;

use crate::content::terms::Kind;
use crate::content::tokens::{TOKENS_MAX, plain, tokens};

/// The terms of an item, each with its frequency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Description {
    pub(super) terms: BTreeMap<(Kind, String), u8>,
    /// Words of the text, repeats included.
    pub(super) text_length: u8,
}

impl Description {
    fn once(&mut self, kind: Kind, text: String) {
        if !text.is_empty() {
            self.terms.insert((kind, text), 1);
        }
    }

    fn words(&mut self, kind: Kind, text: &str) {
        for token in tokens(text) {
            self.once(kind, token);
        }
    }
}

/// Reads all fields of an entry.
pub(super) fn describe(item: &Item) -> Description {
    let mut description = Description::default();
    for category in &item.categories {
        let mut path = String::new();
        for part in category.split(['/', '>']).map(plain).filter(|part| !part.is_empty()) {
            description.words(Kind::CategoryWord, &part);
            path.push('/');
            path.push_str(&part);
            description.once(Kind::Category, path.clone());
        }
    }
    if let Some(brand) = &item.brand {
        description.words(Kind::BrandWord, brand);
        description.once(Kind::Brand, plain(brand));
    }
    for (name, value) in &item.attributes {
        description.words(Kind::AttributeWord, value);
        // No name holds a line break after `plain`, so the parts cannot run into each other.
        description.once(Kind::Attribute, format!("{}\n{}", plain(name), plain(value)));
    }
    if let Some([narrow, wide]) = item.price.and_then(bands) {
        description.once(Kind::Price, narrow);
        description.once(Kind::Price, wide);
    }
    let words = tokens(&item.title);
    for word in words.iter().take(TOKENS_MAX) {
        let frequency = description.terms.entry((Kind::Text, word.clone())).or_insert(0);
        *frequency = frequency.saturating_add(1);
    }
    description.text_length = u8::try_from(words.len()).unwrap_or(u8::MAX);
    description
}

/// Two grids of bands, each of a factor of two and half a band apart: prices within a factor of
/// 1.4 share at least one, beyond a factor of two none.
fn bands(price: Money) -> Option<[String; 2]> {
    let minor = u64::try_from(price.minor).ok().filter(|minor| *minor > 0)?;
    let whole = minor.ilog2();
    // The half band begins at 2^(whole + ½): there the square reaches 2^(2·whole + 1).
    let square = u128::from(minor) * u128::from(minor);
    let half = whole + u32::from(square >= 1_u128 << (2 * whole + 1));
    let currency = price.currency;
    Some([format!("{currency:?} {whole}"), format!("{currency:?} {half}½")])
}

#[cfg(test)]
mod tests;
