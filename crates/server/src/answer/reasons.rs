//! Why an item is there: what the model knows, as a code for machines and a sentence for people.
//!
//! A reason claims no more than the model that offered the item can prove, and names another item
//! only when the floors allowed it, the item is harmless and shown, and the placement lets
//! reasons name what the visitor met.

use domain::catalog::Item;
use domain::id::ItemId;
use recommend::answer::Reason;
use recommend::content::Shared as SharedField;
use recommend::items::ItemNo;
use recommend::placement::{Naming, Placement};
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::TierName;
use crate::answer::words::{Language, Sentence};
use crate::shared::Taught;

/// Why an item is there, in the words of whoever offered it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A model that learned from visits, or the catalog, says so.
    Model(Reason),
    /// Many people look at it.
    Popular {
        /// Among the items of the page's category.
        in_category: bool,
    },
    /// More people look at it than usual.
    Trending {
        /// Among the items of the page's category.
        in_category: bool,
    },
    /// It fits the words of a search.
    Search,
    /// It is in the catalog.
    Range,
    /// At least `reason_supporters_min` people bought both in one order.
    BoughtWith {
        /// The item of the cart, or the item in view, of which that is true.
        with: ItemNo,
    },
    /// At least `reason_supporters_min` customers whose orders are like the person's buy it.
    LikeCustomers,
    /// Fewer customers do; nothing is said about them.
    OwnOrders,
    /// The customer buys it about every so many days.
    BuyAgain {
        /// Days between two purchases; none when there was one purchase only.
        interval_days: Option<u32>,
    },
    /// The shop pinned it.
    Pinned,
    /// It is new and was given a place.
    NewHere,
    /// It was shown seldom and was given a place.
    Explore,
}

/// A reason, for machines and for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReasonText {
    /// One of `viewed_together`, `bought_together`, `this_visit`, `similar`, `popular`, `trending`,
    /// `like_customers`, `own_orders`, `buy_again`, `search`, `pinned`, `new_here`, `explore`,
    /// `catalog`.
    pub code: &'static str,
    /// The reason in words, in the language of the answer.
    pub text: String,
    /// The other item that the reason speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub item: Option<ItemId>,
}

/// Puts reasons into words for one answer.
#[derive(Clone, Copy, Debug)]
pub struct Speaker<'a> {
    /// The catalog with the titles.
    pub taught: &'a Taught,
    /// The tier of the answer.
    pub tier: TierName,
    /// Where the answer is shown.
    pub placement: &'a Placement,
    /// The visitor's language.
    pub language: Language,
    /// The category that the page, or the item in view, is of.
    pub category: Option<&'a str>,
}

impl Why {
    /// The code for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Model(Reason::ViewedTogether { .. }) => "viewed_together",
            Self::Model(Reason::ThisVisit) => "this_visit",
            Self::Model(Reason::SimilarTo { .. }) => "similar",
            Self::Model(Reason::Popular) | Self::Popular { .. } => "popular",
            Self::Model(Reason::Catalog) | Self::Range => "catalog",
            Self::Trending { .. } => "trending",
            Self::Search => "search",
            Self::BoughtWith { .. } => "bought_together",
            Self::LikeCustomers => "like_customers",
            Self::OwnOrders => "own_orders",
            Self::BuyAgain { .. } => "buy_again",
            Self::Pinned => "pinned",
            Self::NewHere => "new_here",
            Self::Explore => "explore",
        }
    }
}

impl Speaker<'_> {
    /// Why `item` is there, in words.
    ///
    /// # Privacy
    /// No sensitive or hidden item is ever named, and where the placement says so, none that the
    /// visitor met.
    pub fn say(&self, why: Why, item: &Item) -> ReasonText {
        let about = |with: ItemNo, named: Sentence, unnamed: Sentence| match self.name(with) {
            Some((id, title)) => (named.say(self.language, title, 0), Some(id.clone())),
            None => (unnamed.say(self.language, "", 0), None),
        };
        let plain = |sentence: Sentence| (sentence.say(self.language, "", 0), None);
        let (text, other) = match why {
            Why::Model(Reason::ViewedTogether { with }) => {
                about(with, Sentence::ViewedWith, Sentence::ViewedWithUnnamed)
            }
            Why::Model(Reason::SimilarTo { with, shared }) => {
                let alike = match shared {
                    SharedField::Category if !self.is_of_one_kind(with, item) => {
                        Sentence::SameAttribute
                    }
                    SharedField::Category => Sentence::SameKind,
                    SharedField::Brand => Sentence::SameBrand,
                    SharedField::Attribute => Sentence::SameAttribute,
                    SharedField::Price => Sentence::SamePrice,
                    SharedField::Text => Sentence::SameWords,
                };
                about(with, alike, Sentence::SimilarUnnamed)
            }
            Why::Model(Reason::ThisVisit) => plain(self.fits()),
            Why::Model(Reason::Popular) | Why::Popular { in_category: false } => {
                plain(Sentence::Popular)
            }
            Why::Popular { in_category: true } => {
                (self.shelf(Sentence::PopularInCategory, Sentence::Popular), None)
            }
            Why::Trending { in_category: false } => plain(Sentence::Trending),
            Why::Trending { in_category: true } => {
                (self.shelf(Sentence::TrendingInCategory, Sentence::Trending), None)
            }
            Why::Search => plain(Sentence::FitsSearch),
            Why::Model(Reason::Catalog) | Why::Range => plain(Sentence::Range),
            Why::BoughtWith { with } => {
                about(with, Sentence::BoughtWith, Sentence::BoughtWithUnnamed)
            }
            Why::LikeCustomers => plain(Sentence::LikeCustomers),
            Why::OwnOrders => plain(Sentence::FitsOrders),
            Why::BuyAgain { interval_days } => (self.again(interval_days), None),
            Why::Pinned => plain(Sentence::Pinned),
            Why::NewHere => plain(Sentence::NewHere),
            Why::Explore => plain(Sentence::Explore),
        };
        ReasonText { code: why.code(), text, item: other }
    }

    /// Whether two items share a whole category path: a department in common makes no kind.
    fn is_of_one_kind(&self, one: ItemNo, other: &Item) -> bool {
        let entry = self.taught.catalog.at(one);
        entry.is_some_and(|one| one.categories.iter().any(|path| other.categories.contains(path)))
    }

    /// Id and title of an item that may be named here.
    fn name(&self, item: ItemNo) -> Option<(&ItemId, &str)> {
        let may = match self.placement.reasons_name {
            Naming::Always => true,
            Naming::History => self.tier == TierName::History,
            Naming::Never => false,
        };
        let entry = self.taught.catalog.at(item).filter(|_| may)?;
        (!entry.sensitive && !entry.hidden).then_some((&entry.id, entry.title.as_str()))
    }

    /// A sentence about the category of the page, by the last part of its path.
    fn shelf(&self, named: Sentence, unnamed: Sentence) -> String {
        let last = self.category.and_then(|path| path.rsplit(['/', '>']).next()).map(str::trim);
        match last.filter(|name| !name.is_empty()) {
            Some(name) => named.say(self.language, name, 0),
            None => unnamed.say(self.language, "", 0),
        }
    }

    const fn fits(&self) -> Sentence {
        match self.tier {
            TierName::Anonymous => Sentence::FitsItem,
            TierName::Visit => Sentence::FitsVisit,
            TierName::History => Sentence::FitsHistory,
        }
    }

    fn again(&self, interval_days: Option<u32>) -> String {
        match interval_days.map(|days| (days + 3) / 7) {
            None => Sentence::BoughtBefore.say(self.language, "", 0),
            Some(0 | 1) => Sentence::EveryWeek.say(self.language, "", 0),
            Some(weeks) => Sentence::EveryWeeks.say(self.language, "", weeks),
        }
    }
}

#[cfg(test)]
mod tests;
