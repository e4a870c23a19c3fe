//! The shared model of one shop: catalog, sessions, orders, popularity, learned and unlearned
//! together.
//!
//! A model is a pure function of the surviving sessions and orders, the catalog, the settings and the day.
//! A catalog change takes effect on sessions that were learned before it: an item that is
//! withdrawn and declared again finds its sessions as they were. A session that was learned
//! while one of its items was not declared does not know that item: the caller learns the row
//! again (same row id) when the item appears. An item that turns sensitive is purged from every
//! session for good; calling it harmless again brings nothing back but new sessions.

use domain::catalog::Item;
use domain::id::{ItemId, Pseudonym};
use domain::time::{Day, Timestamp};

use crate::baskets::BasketIndex;
use crate::blend::rank::Blender;
use crate::content::{Content, ContentSettings};
use crate::fingerprint::Fingerprint;
use crate::index::compact::Compacted;
use crate::index::{ClosedSession, LearnError, Learned, SessionIndex, SessionKey};
use crate::items::{ItemNo, Items, Traits};
use crate::linear::{Linear, LinearSettingsError};
use crate::plan::Plan;
use crate::popularity::Popularity;
use crate::sections::{Blends, SectionError, Which};
use crate::sequence::SequenceError;
use crate::settings::{Settings, SettingsError};
use crate::trained::{During, Trained};

pub mod background;
pub mod orders;
pub mod planning;

/// The model of one shop.
#[derive(Clone, Debug)]
pub struct Model {
    settings: Settings,
    items: Items,
    content: Content,
    index: SessionIndex,
    baskets: BasketIndex,
    popularity: Popularity,
    plan: Plan,
    blends: Blends,
    linear: Option<Linear>,
    /// Versions of linear models that are gone.
    linear_version: u64,
    sequence: Option<Trained>,
    /// The sessions that a sequence model is being trained on.
    lesson: Option<During>,
}

/// Why a model cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The settings.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The blends of the plan.
    #[error(transparent)]
    Sections(#[from] SectionError),
    /// The linear model of the plan.
    #[error("linear: {0}")]
    Linear(#[from] LinearSettingsError),
    /// The sequence model of the plan.
    #[error("sequence: {0}")]
    Sequence(#[from] SequenceError),
}

impl Model {
    /// A model that has learned nothing, with the shipped blend.
    pub fn new(settings: Settings) -> Result<Self, ModelError> {
        Self::with_plan(settings, Plan::shipped())
    }

    /// A model that has learned nothing, with the models and weights of a plan.
    pub fn with_plan(settings: Settings, plan: Plan) -> Result<Self, ModelError> {
        let settings = settings.check()?;
        Ok(Self {
            settings,
            items: Items::new(),
            content: described(settings),
            index: SessionIndex::new(),
            baskets: orders::empty(&settings).map_err(SettingsError::Baskets)?,
            popularity: Popularity::new(settings.popular_days, settings.popular_min),
            blends: Blends::new(&plan)?,
            linear: plan.linear.map(Linear::new),
            linear_version: 0,
            sequence: None,
            lesson: None,
            plan,
        })
    }

    /// Forgets everything but the settings and the plan.
    pub fn clear(&mut self) {
        self.items = Items::new();
        self.content = described(self.settings);
        self.index = SessionIndex::new();
        // The settings were good enough once, so they are again.
        if let Ok(baskets) = orders::empty(&self.settings) {
            self.baskets = baskets;
        }
        self.popularity = Popularity::new(self.settings.popular_days, self.settings.popular_min);
        self.linear = self.plan.linear.map(Linear::new);
        self.sequence = None;
        self.lesson = None;
    }

    /// The settings it was made with.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The catalog as numbers.
    pub const fn items(&self) -> &Items {
        &self.items
    }

    /// What the catalog says of the items.
    pub const fn content(&self) -> &Content {
        &self.content
    }

    /// The learned sessions.
    pub const fn index(&self) -> &SessionIndex {
        &self.index
    }

    /// Distinct subjects per item.
    pub const fn popularity(&self) -> &Popularity {
        &self.popularity
    }

    /// What it learns besides sessions, and how its models are blended.
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// All models that are ready, as one ranking under these weights.
    pub fn blender(&self, weights: Which) -> Blender<'_> {
        Blender {
            index: &self.index,
            items: &self.items,
            blend: self.blends.of(weights),
            sequence: self.sequence.as_ref(),
            linear: self.linear.as_ref(),
            now: self.now(),
        }
    }

    /// The end of the current day: sessions age in whole days.
    fn now(&self) -> Timestamp {
        self.popularity.today().plus(1).start()
    }

    /// Moves the popularity window to a new day. Until the first call all days count.
    pub fn advance(&mut self, today: Day) {
        self.popularity.advance(&self.items, today);
    }

    /// Takes an item into the catalog, or its changes.
    pub fn declare(&mut self, item: &Item) -> ItemNo {
        let traits = Traits { answers: item.in_stock, sensitive: item.sensitive };
        let number = match self.items.any_number(&item.id) {
            Some(number) if !self.items.is_declared(number) => {
                let Self { items, index, baskets, .. } = self;
                baskets.with_catalog_change(items, number, |items| {
                    index.with_catalog_change(items, number, |items| {
                        items.declare(&item.id, traits);
                    });
                });
                number
            }
            _ => self.items.declare(&item.id, traits),
        };
        if item.sensitive {
            self.forget_sensitive(number);
            self.index.purge(&self.items, number);
            self.baskets.purge(&self.items, number);
            self.popularity.forget(&self.items, number);
        }
        self.content.declare(number, item);
        self.popularity.declare(&self.items, number, item);
        number
    }

    /// Takes an item out of the catalog; says whether it was there.
    pub fn withdraw(&mut self, id: &ItemId) -> bool {
        let Some(number) = self.items.number(id) else { return false };
        self.content.withdraw(number);
        if let Some(trained) = &mut self.sequence {
            trained.forget(number);
        }
        let Self { items, index, baskets, .. } = self;
        baskets.with_catalog_change(items, number, |items| {
            index.with_catalog_change(items, number, |items| items.withdraw(number));
        });
        self.popularity.rank(&self.items, number);
        self.release(number);
        true
    }

    /// Learns a closed session, or replaces the one with the same row id.
    pub fn learn(&mut self, session: ClosedSession) -> Result<Learned, LearnError> {
        let key = session.key;
        // Refuse before anything changes, but for how it is packed.
        self.index.make_room(&self.items, &session, self.settings.bytes_max)?;
        let replaced = self.unlearn_session(&key);
        let subject = session.subject;
        let before = self.last_days(subject, &session.items);
        let profile = self.profile(subject);
        let learned = self.index.learn(&self.items, session, u64::MAX)?;
        let Some((_, at)) = self.index.session_facts(&key) else { return Ok(learned) };
        self.profile_changed((subject, &key), &profile);
        let day = at.day();
        for (item, last) in before {
            if self.index.session_items(&key).contains(&item) && last.is_none_or(|last| last < day)
            {
                self.popularity.shift(item, last, Some(day));
                self.popularity.rank(&self.items, item);
            }
        }
        Ok(if replaced { Learned::Replaced } else { learned })
    }

    /// Takes a session out; says whether it was there.
    pub fn unlearn_session(&mut self, key: &SessionKey) -> bool {
        let Some((subject, at)) = self.index.session_facts(key) else { return false };
        let items = distinct(&self.index.session_items(key));
        self.sequence_loses(at);
        let profile = match subject {
            Some(_) => self.profile(subject),
            None => items.clone(),
        };
        self.index.unlearn_session(&self.items, key);
        self.profile_changed((subject, key), &profile);
        let day = at.day();
        for (item, last) in self.last_days(subject, &items) {
            if last.is_none_or(|last| last < day) {
                self.popularity.shift(item, Some(day), last);
                self.popularity.rank(&self.items, item);
            }
            self.release(item);
        }
        true
    }

    /// Takes all sessions and orders of a subject out; says how many sessions there were.
    ///
    /// # Privacy
    ///
    /// Afterwards the canonical bytes, the fingerprint and every answer equal those of a model
    /// that never met the subject, under the same settings and catalog.
    pub fn unlearn_subject(&mut self, subject: Pseudonym) -> usize {
        self.unlearn_orders_of(subject);
        let named = self.index.last_named_all(subject);
        for at in self.index.times_of(subject) {
            self.sequence_loses(at);
        }
        let count = self.index.unlearn_subject(&self.items, subject);
        let profile: Vec<ItemNo> = named.iter().map(|(item, _)| *item).collect();
        if let Some(linear) = &mut self.linear {
            linear.unlearn(&profile);
        }
        for (item, at) in named {
            self.popularity.shift(item, Some(at.day()), None);
            self.popularity.rank(&self.items, item);
            self.release(item);
        }
        count
    }

    /// Learns many closed sessions at once and packs the index: the same state as after learning
    /// them one by one, as a restart does it. On refusal nothing has changed.
    ///
    /// # Errors
    /// The byte budget is spent.
    pub fn learn_all(
        &mut self,
        sessions: impl IntoIterator<Item = ClosedSession>,
    ) -> Result<(), LearnError> {
        self.index.learn_all(&self.items, sessions, self.settings.bytes_max)?;
        self.popularity.clear();
        let (popularity, mut linear) = (&mut self.popularity, self.linear.as_mut());
        if let Some(linear) = &mut linear {
            linear.clear();
        }
        self.index.each_profile(|profile| {
            for (item, at) in profile {
                popularity.shift(*item, None, Some(at.day()));
            }
            if let Some(linear) = &mut linear {
                let items: Vec<ItemNo> = profile.iter().map(|(item, _)| *item).collect();
                // A full model has switched itself off; the shell says so in the metrics.
                linear.learn(&items).ok();
            }
        });
        for item in self.items.all_numbers() {
            self.popularity.rank(&self.items, item);
            self.release(item);
        }
        Ok(())
    }

    /// Whether packing the index pays; see [`crate::index::compact`].
    pub fn needs_compaction(&self) -> bool {
        self.index.needs_compaction()
    }

    /// The index packed, for [`Self::install`]; takes seconds for millions of sessions, and
    /// others may read meanwhile.
    pub fn compacted(&self) -> Option<Compacted> {
        self.index.compacted(&self.items)
    }

    /// Swaps a packed index in, unless something changed since it was made; says whether it did.
    pub fn install(&mut self, compacted: Compacted) -> bool {
        self.index.install(compacted)
    }

    /// The checksum of the learned sessions and orders, for receipts.
    pub const fn fingerprint(&self) -> Fingerprint {
        self.index.fingerprint().with(self.baskets.fingerprint())
    }

    /// Streams the canonical bytes, for a digest: sessions, postings, orders and popularity in
    /// external words, independent of the order of learning and of every internal number.
    pub fn canonical(&self, sink: &mut dyn FnMut(&[u8])) {
        self.index.canonical(&self.items, sink);
        self.baskets.canonical(&self.items, sink);
        self.popularity.canonical(&self.items, sink);
        if let Some(linear) = &self.linear {
            linear.canonical(&self.items, sink);
        }
    }

    /// The canonical bytes as one piece.
    pub fn canonical_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.canonical(&mut |piece| bytes.extend_from_slice(piece));
        bytes
    }

    /// Frees the number of a withdrawn item that no session and no order names any more.
    fn release(&mut self, item: ItemNo) {
        let named = self.index.names(item) || self.baskets.names(item);
        if !self.items.is_declared(item) && !named {
            self.items.release(item);
        }
    }

    /// For each distinct item the last day on which a session of the subject names it.
    fn last_days(
        &self,
        subject: Option<Pseudonym>,
        items: &[ItemNo],
    ) -> Vec<(ItemNo, Option<Day>)> {
        let named = subject.map_or_else(Vec::new, |name| self.index.last_named_all(name));
        let last = |item| {
            let place = named.binary_search_by_key(&item, |(item, _)| *item).ok()?;
            Some(named.get(place)?.1.day())
        };
        distinct(items).into_iter().map(|item| (item, last(item))).collect()
    }
}

/// An empty catalog under the settings of a model.
fn described(settings: Settings) -> Content {
    let postings_max = settings.similar_items_max;
    Content::new(ContentSettings { postings_max, ..ContentSettings::default() })
}

fn distinct(items: &[ItemNo]) -> Vec<ItemNo> {
    let mut items = items.to_vec();
    items.sort_unstable();
    items.dedup();
    items
}

#[cfg(test)]
mod tests;
