//! What vanishes when a page is made, whatever the models learned before.
//!
//! The catalog may have changed since, and the visitor knows some items already. An item that the
//! shop changed a moment ago counts as it is now.

use std::collections::BTreeSet;

use domain::catalog::Item;
use domain::id::ItemId;

use crate::placement::{Known, Placement, Relation};
use crate::rules::condition::{Circumstances, is_under};

/// Why an item is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// It is sensitive.
    Sensitive,
    /// The shop hides it.
    Hidden,
    /// It cannot be bought now.
    OutOfStock,
    /// It cannot be bought yet.
    NotYet,
    /// It cannot be bought any more.
    Expired,
    /// It is not sold in the market of the request.
    Market,
    /// It has not the category that the page is about.
    Category,
    /// It is the item in view.
    Current,
    /// It is in the cart.
    InCart,
    /// The visitor looked at it.
    Seen,
    /// The visitor bought it.
    Bought,
    /// It stood on an earlier page.
    Shown,
}

impl Absence {
    /// The word of a trace.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sensitive => "sensitive",
            Self::Hidden => "hidden",
            Self::OutOfStock => "out of stock",
            Self::NotYet => "not available yet",
            Self::Expired => "expired",
            Self::Market => "not sold in this market",
            Self::Category => "another category than the page is about",
            Self::Current => "in view",
            Self::InCart => "in the cart",
            Self::Seen => "seen before",
            Self::Bought => "bought before",
            Self::Shown => "on an earlier page",
        }
    }
}

/// What the visitor knows already, and what the page is about.
#[derive(Clone, Debug, Default)]
pub struct Visit<'a> {
    /// The item in view.
    pub current: Option<&'a ItemId>,
    /// Its catalog entry, when there is one.
    pub current_entry: Option<&'a Item>,
    /// Items in the cart.
    pub cart: BTreeSet<&'a ItemId>,
    /// Items that were looked at.
    pub seen: BTreeSet<&'a ItemId>,
    /// Items that were bought.
    pub bought: BTreeSet<&'a ItemId>,
    /// Marks of the items of earlier pages.
    pub shown: BTreeSet<u64>,
    /// The category that the page is about.
    pub category: Option<&'a str>,
}

/// A mark of 40 bits that stands for an item in a cursor. Two items of a large catalog may share
/// one; then the second is left out of a later page, and nothing is shown twice.
pub fn mark(id: &ItemId) -> u64 {
    let hash = id.as_str().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    (hash ^ (hash >> 40)) & 0xff_ffff_ffff
}

impl Visit<'_> {
    /// Why the item may not appear at this placement, if it may not.
    pub fn absence(
        &self,
        item: &Item,
        placement: &Placement,
        circumstances: &Circumstances,
    ) -> Option<Absence> {
        off_sale(item, circumstances)
            .or_else(|| self.known(&item.id, placement))
            .or_else(|| self.elsewhere(item, placement).then_some(Absence::Category))
    }

    fn known(&self, id: &ItemId, placement: &Placement) -> Option<Absence> {
        if !self.shown.is_empty() && self.shown.contains(&mark(id)) {
            return Some(Absence::Shown);
        }
        let met = [
            (self.current == Some(id), Known::Current, Absence::Current),
            (self.cart.contains(id), Known::Cart, Absence::InCart),
            (self.bought.contains(id), Known::Bought, Absence::Bought),
            (self.seen.contains(id), Known::Seen, Absence::Seen),
        ];
        let stays =
            |(met, known, _): &(bool, Known, Absence)| *met && !placement.lets_return(*known);
        met.into_iter().find(stays).map(|(_, _, absence)| absence)
    }

    fn elsewhere(&self, item: &Item, placement: &Placement) -> bool {
        if self.category.is_some_and(|path| !is_under(&item.categories, path)) {
            return true;
        }
        let Some(current) = self.current_entry else { return false };
        let same = || item.categories.iter().any(|one| current.categories.contains(one));
        match placement.category_of_current {
            Relation::Any => false,
            Relation::Same => !same(),
            Relation::Other => same(),
        }
    }
}

/// Why an item cannot be bought in these circumstances.
pub fn off_sale(item: &Item, circumstances: &Circumstances) -> Option<Absence> {
    let now = circumstances.now;
    if item.sensitive {
        Some(Absence::Sensitive)
    } else if item.hidden {
        Some(Absence::Hidden)
    } else if !item.in_stock || item.stock_units == Some(0) {
        Some(Absence::OutOfStock)
    } else if item.available_from_ms.is_some_and(|from| now < from) {
        Some(Absence::NotYet)
    } else if item.available_until_ms.is_some_and(|until| now >= until) {
        Some(Absence::Expired)
    } else {
        let sold = |market| item.markets.is_empty() || item.markets.contains(&market);
        circumstances.market.is_some_and(|market| !sold(market)).then_some(Absence::Market)
    }
}
