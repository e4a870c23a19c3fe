//! Tiers and answers: what may be used, what comes out, and the words for both.

use std::sync::Arc;

use domain::catalog::Item;
use domain::id::ItemId;
use domain::time::Timestamp;
use personal::gate::Refusal;
use personal::purpose::PurposeName;
use personal::subject::SubjectRef;
use recommend::answer::{Candidate, Query, Reason, recommend};
use recommend::items::ItemNo;
use recommend::scratch::Scratch;
use recommend::words::Shared as SharedWord;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::people::{Circumstances, OwnHistory};
use crate::shared::{Shared, Taught};
use crate::telemetry::Metrics;

/// Most items of a visit that a request may name.
pub const RECENT_MAX: usize = 50;
/// Preferred categories choose among so many times the candidates that are shown.
const WIDER: usize = 20;

/// Where an answer is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// The front page: nothing that was just seen.
    #[default]
    Home,
    /// The page of one item: not that item.
    Product,
    /// The cart: nothing that is in it.
    Cart,
}

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
}

/// A request for recommendations, read at the door.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Where the answer is shown.
    pub placement: Placement,
    /// The item in view.
    pub current: Option<ItemId>,
    /// Items of this visit, oldest first, as the client sent them.
    pub recent: Vec<ItemId>,
    /// The person, when a browser id or a customer token named one.
    pub subject: Option<SubjectRef>,
    /// The highest tier that the client asks for.
    pub tier_max: TierName,
    /// Length of the list.
    pub count: usize,
    /// Signals and law of the request.
    pub circumstances: Circumstances,
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

/// A reason, for machines and for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReasonText {
    /// One of `viewed_together`, `this_visit`, `similar`, `popular`, `catalog`.
    pub code: &'static str,
    /// The reason in words.
    pub text: String,
    /// The other item that the reason speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub item: Option<ItemId>,
}

/// What was used, and how much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Input {
    /// One of `current_item`, `recent_items`, `history`, `preferred_categories`.
    pub kind: &'static str,
    /// How many.
    pub count: usize,
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
}

/// The items that a tier may use for one answer.
#[derive(Clone, Debug, Default)]
pub struct VisitItems {
    /// Oldest first.
    items: Vec<ItemId>,
    categories: Vec<String>,
    inputs: Vec<Input>,
}

impl Tier {
    /// The highest tier that the request asks for and consent allows now.
    pub fn of(shared: &Shared, ask: &Ask, now: Timestamp) -> Self {
        let mut refused = None;
        if let (TierName::History, Some(subject)) = (ask.tier_max, ask.subject) {
            match shared.people.own_history(subject, &ask.circumstances, now) {
                Ok(own) => {
                    Metrics::count(&shared.metrics.reads, PurposeName::Personalization.as_str());
                    return Self::History(own);
                }
                Err(refusal) => refused = Some(refusal),
            }
        }
        if ask.tier_max >= TierName::Visit && !ask.recent.is_empty() {
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

    /// The items that this tier may use.
    pub fn visit(&self, ask: &Ask) -> VisitItems {
        let mut visit = VisitItems::default();
        let mut note = |kind, count| {
            if count > 0 {
                visit.inputs.push(Input { kind, count });
            }
        };
        note("current_item", usize::from(ask.current.is_some()));
        match self {
            Self::Anonymous(_) => {}
            Self::Visit(_) => {
                note("recent_items", ask.recent.len());
                visit.items.clone_from(&ask.recent);
            }
            Self::History(own) => {
                note("recent_items", ask.recent.len());
                note("history", own.items.len());
                note("preferred_categories", own.categories.len());
                visit.items.clone_from(&own.items);
                visit.items.retain(|item| !ask.recent.contains(item));
                visit.items.extend(ask.recent.iter().cloned());
                visit.categories.clone_from(&own.categories);
            }
        }
        visit
    }

    /// Asks the models and puts the answer into words.
    pub fn answer(
        &self,
        shared: &Shared,
        visit: &VisitItems,
        ask: &Ask,
        scratch: &mut Scratch,
    ) -> Answer {
        let taught = shared.taught();
        let number = |id: &ItemId| taught.model.items().number(id);
        let items: Vec<ItemNo> = visit.items.iter().filter_map(number).collect();
        let current = ask.current.as_ref().and_then(number);
        let exclude: &[ItemNo] = match ask.placement {
            Placement::Home | Placement::Cart => &items,
            Placement::Product => &[],
        };
        let wider = if visit.categories.is_empty() { 1 } else { WIDER };
        let query =
            Query { visit: &items, current, count: ask.count.saturating_mul(wider), exclude };
        let mut candidates = recommend(&taught.model, &query, scratch);
        if !visit.categories.is_empty() {
            candidates = led_by(&visit.categories, candidates, &taught, ask.count);
        }
        let items = candidates.iter().filter_map(|one| self.word(&taught, one));
        let items = items.take(ask.count).collect();
        drop(taught);
        Metrics::count(&shared.metrics.answers, self.name().as_str());
        Answer { items, basis: self.basis(visit) }
    }

    fn basis(&self, visit: &VisitItems) -> Basis {
        let (purposes, refused) = match self {
            Self::Anonymous(refused) | Self::Visit(refused) => (vec![], refused.map(Refusal::code)),
            Self::History(_) => (vec![PurposeName::Personalization.as_str()], None),
        };
        Basis { tier: self.name(), purposes, inputs: visit.inputs.clone(), refused }
    }

    fn word(&self, taught: &Taught, candidate: &Candidate) -> Option<Recommended> {
        let id = taught.model.items().id(candidate.item)?.clone();
        let item = Arc::clone(taught.catalog.get(&id)?);
        let named = |with: ItemNo| {
            let id = taught.model.items().id(with)?;
            Some((id.clone(), taught.catalog.get(id)?.title.clone()))
        };
        let (code, text, other) = match candidate.reason {
            Reason::ViewedTogether { with } => {
                let (id, title) = named(with)?;
                ("viewed_together", format!("Often looked at with {title}"), Some(id))
            }
            Reason::ThisVisit => ("this_visit", self.fits().to_owned(), None),
            Reason::SimilarTo { with, shared } => {
                let (id, title) = named(with)?;
                let alike = match shared {
                    SharedWord::Category => "Of the same kind as",
                    SharedWord::Brand => "Of the same brand as",
                    SharedWord::Attribute => "Has something in common with",
                };
                ("similar", format!("{alike} {title}"), Some(id))
            }
            Reason::Popular => ("popular", "Popular right now".to_owned(), None),
            Reason::Catalog => ("catalog", "From our range".to_owned(), None),
        };
        let reason = ReasonText { code, text, item: other };
        Some(Recommended { id, score: candidate.score, reason, item })
    }

    const fn fits(&self) -> &'static str {
        match self {
            Self::Anonymous(_) => "Fits this item",
            Self::Visit(_) => "Fits what you looked at in this visit",
            Self::History(_) => "Fits what you looked at recently",
        }
    }
}

/// Gives the first half of `count` places to the best candidates of these categories; all others
/// follow in their order, so that a taste leads and does not rule.
fn led_by(
    categories: &[String],
    candidates: Vec<Candidate>,
    taught: &Taught,
    count: usize,
) -> Vec<Candidate> {
    let mut room = count.div_ceil(2);
    let leads = |candidate: &Candidate| {
        let id = taught.model.items().id(candidate.item);
        let item = id.and_then(|id| taught.catalog.get(id));
        let leads = room > 0 && item.is_some_and(|item| preferred(item, categories));
        room -= usize::from(leads);
        leads
    };
    let (mut led, rest): (Vec<_>, Vec<_>) = candidates.into_iter().partition(leads);
    led.extend(rest);
    led
}

fn preferred(item: &Item, categories: &[String]) -> bool {
    let wanted = |category: &String| categories.iter().any(|one| category.starts_with(one));
    item.categories.iter().any(wanted)
}
