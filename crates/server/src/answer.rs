//! Tiers and answers: what may be used, what comes out, and the words for both.
//!
//! A [`Tier`] decides what of a person may be used; [`making`] asks the models that the placement
//! names ([`candidates`]), lets `recommend::page` make one page of what they offer, and puts it
//! into words ([`reasons`], [`words`]). A [`cursor`] goes on with the list, [`explain`] says how it
//! came about.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::catalog::Item;
use domain::id::{ItemId, Pseudonym};
use domain::market::Market;
use domain::time::Timestamp;
use personal::feature::Features;
use personal::gate::Refusal;
use personal::purpose::PurposeName;
use personal::subject::SubjectRef;
use recommend::placement::Placement;
use recommend::sections::Tier as BlendTier;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::answer::cursor::Cursor;
use crate::answer::explain::Explanation;
use crate::answer::reasons::ReasonText;
use crate::answer::words::Language;
use crate::circumstances::Circumstances;
use crate::people::OwnHistory;
use crate::shared::Shared;
use crate::telemetry::Metrics;

pub mod candidates;
pub mod cursor;
pub mod explain;
pub mod making;
pub mod reasons;
pub mod words;

/// Most items of a visit, and most items of a cart, that a request may name.
pub const RECENT_MAX: usize = 50;

/// How much is used of a person, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TierName {
    /// The page and the shop's public models.
    Anonymous,
    /// What the client sends of this visit.
    Visit,
    /// The person's own sealed history.
    History,
}

impl TierName {
    /// The tier as the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Visit => "visit",
            Self::History => "history",
        }
    }

    /// The tier as a weights file names it.
    pub const fn blended(self) -> BlendTier {
        match self {
            Self::Anonymous => BlendTier::Anonymous,
            Self::Visit => BlendTier::Visit,
            Self::History => BlendTier::History,
        }
    }
}

/// A request for recommendations, read at the door.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Where the answer is shown.
    pub placement: Arc<Placement>,
    /// The item in view.
    pub current: Option<ItemId>,
    /// Items of this visit, oldest first, as the client sent them.
    pub recent: Vec<ItemId>,
    /// Items in the cart, as the client sent them.
    pub cart: Vec<ItemId>,
    /// The category that the page is about.
    pub category: Option<String>,
    /// The words of a search.
    pub words: Option<String>,
    /// The person, when a browser id or a customer token named one.
    pub subject: Option<SubjectRef>,
    /// The highest tier that the client asks for.
    pub tier_max: TierName,
    /// Length of the list.
    pub count: usize,
    /// Where the goods would go.
    pub market: Option<Market>,
    /// The language of reasons.
    pub language: Language,
    /// Which page of the list.
    pub page: PageOf,
    /// Where chance comes from, for placements that leave something to it.
    pub seed: u64,
    /// Whether the answer says how it came about.
    pub explain: bool,
    /// Signals and law of the request.
    pub circumstances: Circumstances,
    /// A preview for the person, who wants to see what a switch would change: what stays out
    /// although it is allowed.
    pub preview: Option<Features>,
}

impl Ask {
    /// A request for the first and only page of a placement, about nothing and nobody.
    pub fn new(placement: Arc<Placement>, circumstances: Circumstances) -> Self {
        Self {
            current: None,
            recent: Vec::new(),
            cart: Vec::new(),
            category: None,
            words: None,
            subject: None,
            tier_max: TierName::History,
            count: placement.count,
            market: None,
            language: Language::default(),
            page: PageOf::Only,
            seed: 0,
            explain: false,
            placement,
            circumstances,
            preview: None,
        }
    }
}

/// Which page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageOf {
    /// The only one.
    Only,
    /// The first of several.
    First,
    /// The one after a cursor.
    After(Cursor),
}

/// The tier of one answer, with what it opened.
#[derive(Clone, Debug)]
pub enum Tier {
    /// Nothing of the person; the refusal says why it was not more.
    Anonymous(Option<Refusal>),
    /// What the client sent; the refusal says why it was not more.
    Visit(Option<Refusal>),
    /// The person's own history, opened with a permit for this answer.
    History(OwnHistory),
}

/// One recommended item.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Recommended {
    /// The shop's id of the item.
    #[schema(value_type = String)]
    pub id: ItemId,
    /// Comparable within one kind of reason only; the order of the list is the answer.
    pub score: u64,
    /// Why it is here.
    pub reason: ReasonText,
    /// The catalog entry.
    #[schema(value_type = crate::schemas::ItemBody)]
    pub item: Arc<Item>,
}

/// What was used, and how much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Input {
    /// One of `current_item`, `recent_items`, `cart_items`, `history`, `purchases`,
    /// `preferred_categories`, `category`, `search`.
    pub kind: &'static str,
    /// How many. Beside the item in view an item counts once: in `history`, `purchases`,
    /// `recent_items` or `cart_items`, whichever comes first.
    pub count: usize,
}

/// A part of the person's history that stayed out of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NotUsed {
    /// One of `browsing_history`, `purchase_history`, `stated_preferences`.
    pub feature: &'static str,
    /// The rule: `feature_off` or `feature_not_asked`, or a signal that speaks against it.
    pub refused: &'static str,
}

/// What an answer was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Basis {
    /// The tier that made the answer.
    pub tier: TierName,
    /// The purposes under which personal data was opened.
    pub purposes: Vec<&'static str>,
    /// What was used.
    pub inputs: Vec<Input>,
    /// Features of the purpose that stayed out, because the person did not allow them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_used: Vec<NotUsed>,
    /// Why no higher tier answered, when one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<&'static str>,
}

/// An answer: items, reasons, basis.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Answer {
    /// The items, best first.
    pub items: Vec<Recommended>,
    /// What they were made from.
    pub basis: Basis,
    /// The language of the reasons (BCP 47).
    pub language: &'static str,
    /// Where the next page begins, when pages were asked for and there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// How the answer came about, when the shop's server asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Explanation>,
}

/// What a tier may use for one answer.
#[derive(Clone, Debug, Default)]
pub struct VisitItems {
    /// Items that were looked at, oldest first.
    pub(crate) items: Vec<ItemId>,
    /// Items in the cart.
    pub(crate) cart: Vec<ItemId>,
    /// Own purchases, oldest first.
    pub(crate) purchases: Vec<(ItemId, Timestamp)>,
    /// Categories that the person likes.
    pub(crate) categories: Vec<String>,
    /// The name under which the shared model may know the person.
    pub(crate) learner: Option<Pseudonym>,
    inputs: Vec<Input>,
}

impl VisitItems {
    fn note(&mut self, kind: &'static str, count: usize) {
        if count > 0 {
            self.inputs.push(Input { kind, count });
        }
    }
}

impl Tier {
    /// The highest tier that the request asks for and consent allows now.
    pub fn of(shared: &Shared, ask: &Ask, now: Timestamp) -> Self {
        if ask.subject.is_some_and(|who| shared.strangers.holds(who, true, now)) {
            return Self::Anonymous(Some(Refusal::Stranger));
        }
        let mut refused = None;
        if let (TierName::History, Some(subject)) = (ask.tier_max, ask.subject) {
            let asked = (&ask.circumstances, ask.preview);
            match shared.people.own_history_without(subject, asked, now) {
                Ok(own) => {
                    Metrics::count(&shared.metrics.reads, PurposeName::Personalization.as_str());
                    return Self::History(own);
                }
                Err(refusal) => refused = Some(refusal),
            }
        }
        let told = !ask.recent.is_empty() || !ask.cart.is_empty();
        if ask.tier_max >= TierName::Visit && told {
            return Self::Visit(refused);
        }
        Self::Anonymous(refused)
    }

    /// The tier's name.
    pub const fn name(&self) -> TierName {
        match self {
            Self::Anonymous(_) => TierName::Anonymous,
            Self::Visit(_) => TierName::Visit,
            Self::History(_) => TierName::History,
        }
    }

    /// What this tier may use. Beside the item in view, an item counts once: in the history, or
    /// in the purchases, or of this visit, or in the cart, whichever comes first.
    pub fn visit(&self, ask: &Ask) -> VisitItems {
        let mut visit = VisitItems::default();
        let nothing = OwnHistory::default();
        let own = match self {
            Self::History(own) => own,
            Self::Anonymous(_) | Self::Visit(_) => &nothing,
        };
        let (recent, cart) = match self.name() {
            TierName::Anonymous => (&[][..], &[][..]),
            TierName::Visit | TierName::History => (ask.recent.as_slice(), ask.cart.as_slice()),
        };
        let mut counted: BTreeSet<&ItemId> = own.items.iter().collect();
        let bought = own.purchases.iter().filter(|(item, _)| counted.insert(item)).count();
        let looked_at = recent.iter().filter(|item| counted.insert(*item)).count();
        let carted = cart.iter().filter(|item| counted.insert(*item)).count();
        visit.note("current_item", usize::from(ask.current.is_some()));
        visit.note("recent_items", looked_at);
        visit.note("cart_items", carted);
        visit.note("history", own.items.len());
        visit.note("purchases", bought);
        visit.note("preferred_categories", own.categories.len());
        visit.note("category", usize::from(ask.category.is_some()));
        visit.note("search", usize::from(ask.words.is_some()));
        let older = own.items.iter().filter(|item| !recent.contains(item) && !cart.contains(item));
        let carted = cart.iter().filter(|item| !recent.contains(item));
        visit.items = older.chain(carted).chain(recent).cloned().collect();
        visit.cart = cart.to_vec();
        visit.purchases.clone_from(&own.purchases);
        visit.categories.clone_from(&own.categories);
        visit.learner = own.learner;
        visit
    }

    fn basis(&self, visit: &VisitItems) -> Basis {
        let (purposes, refused, unused) = match self {
            Self::Anonymous(refused) | Self::Visit(refused) => {
                (vec![], refused.map(Refusal::code), &[][..])
            }
            Self::History(own) => {
                (vec![PurposeName::Personalization.as_str()], None, own.unused.as_slice())
            }
        };
        let not_used = unused.iter().map(|(feature, refusal)| NotUsed {
            feature: feature.as_str(),
            refused: refusal.code(),
        });
        let (inputs, not_used) = (visit.inputs.clone(), not_used.collect());
        Basis { tier: self.name(), purposes, inputs, not_used, refused }
    }
}
