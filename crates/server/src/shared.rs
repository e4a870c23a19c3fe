//! What answers read and the writer changes: one shop in memory.

use std::sync::{
    Arc, Mutex, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak,
};

use consent::law::course::Course;
use consent::signals::sent::Reader;
use domain::time::Day;
use recommend::exposure::Shown;
use recommend::model::Model;
use vault::key::ShopKeys;

use crate::answer::candidates::Memory;
use crate::auth::ApiKeys;
use crate::banner::texts::Library;
use crate::canary::{Board, Last};
use crate::circumstances::AppliedLaw;
use crate::clock::Clock;
use crate::commands::weights::WeightsFile;
use crate::documents::effect::{Base, Effect, Newest};
use crate::engine::rates::Counted;
use crate::mail::Post;
use crate::members::Members;
use crate::papers::Papers;
use crate::people::People;
use crate::place::PlaceFile;
use crate::settings::Settings;
use crate::shared::catalog::Catalog;
use crate::strangers::Strangers;
use crate::telemetry::Metrics;
use crate::transparency::Published;

pub mod catalog;

/// One shop in memory.
#[derive(Debug)]
pub struct Shared {
    /// The configuration.
    pub settings: Settings,
    /// Where `now` comes from.
    pub clock: Clock,
    /// Every key derived from the root secret.
    pub ring: ShopKeys,
    /// The keys of the API.
    pub api_keys: ApiKeys,
    /// The keys of single members of staff.
    pub members: Members,
    /// How the shop's signals are meant.
    pub signals: Reader,
    /// Where addresses are, when the shop supplies a file.
    pub places: Option<PlaceFile>,
    /// The place of the settings.
    pub home_place: Option<Arc<str>>,
    /// The words of the banner.
    pub wording: Library,
    /// Choices, pseudonyms and newest items.
    pub people: People,
    /// Who is a stranger for this visit.
    pub strangers: Strangers,
    /// What is counted.
    pub metrics: Metrics,
    /// How the last run of the opt-out canary ended.
    pub canary: Board,
    /// The transparency log.
    pub log: Arc<Published>,
    /// What the shop starts from, before any document.
    pub base: Base,
    /// How often items were shown since the start, where a placement explores or keeps floors.
    pub shown: Mutex<Shown>,
    /// Notices and records of today, as they were asked for.
    pub papers: Papers,
    /// The way out for mail, where there is one; whoever serves holds it.
    pub post: OnceLock<Weak<Post>>,
    /// How many people say yes, as it was counted last.
    pub consent_rates: Mutex<Option<Arc<Counted>>>,
    effect: RwLock<Arc<Effect>>,
    taught: RwLock<Taught>,
    memories: Mutex<Vec<Memory>>,
}

/// The shop's models and the catalog that they answer from.
#[derive(Debug)]
pub struct Taught {
    /// The shared model.
    pub model: Model,
    /// What the shop sells.
    pub catalog: Catalog,
}

/// What a shop is made of besides its people and models.
#[derive(Debug)]
pub struct Foundation {
    /// The configuration.
    pub settings: Settings,
    /// Where `now` comes from.
    pub clock: Clock,
    /// Every key derived from the root secret.
    pub ring: ShopKeys,
    /// The keys of the API.
    pub api_keys: ApiKeys,
    /// The keys of single members of staff.
    pub members: Members,
    /// How the shop's signals are meant.
    pub signals: Reader,
    /// Where addresses are, when the shop supplies a file.
    pub places: Option<PlaceFile>,
    /// The words of the banner.
    pub wording: Library,
    /// The weights file that the settings name.
    pub weights: Option<WeightsFile>,
    /// The transparency log.
    pub log: Arc<Published>,
}

impl Shared {
    /// A shop that knows nobody and has learned nothing.
    pub fn new(foundation: Foundation, model: Model) -> Self {
        let Foundation {
            settings,
            clock,
            ring,
            api_keys,
            members,
            signals,
            places,
            wording,
            weights,
            log,
        } = foundation;
        let home_place = settings.jurisdiction.as_deref().map(Arc::from);
        let (placements, jurisdiction) =
            (settings.placements.clone(), settings.jurisdiction.clone());
        let base = Base { placements, weights, jurisdiction };
        let effect = RwLock::new(Arc::new(Effect::of(&base, Newest::new(), &[])));
        Self {
            settings,
            clock,
            ring,
            api_keys,
            members,
            signals,
            places,
            home_place,
            wording,
            people: People::default(),
            strangers: Strangers::default(),
            metrics: Metrics::new(),
            canary: Board::default(),
            log,
            base,
            effect,
            shown: Mutex::new(Shown::default()),
            papers: Papers::default(),
            post: OnceLock::new(),
            consent_rates: Mutex::new(None),
            taught: RwLock::new(Taught { model, catalog: Catalog::default() }),
            memories: Mutex::new(Vec::new()),
        }
    }

    /// Reads the models; a poisoned lock is taken over because every change leaves them whole.
    pub fn taught(&self) -> RwLockReadGuard<'_, Taught> {
        self.taught.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the models; for the writer alone.
    pub fn teach(&self) -> RwLockWriteGuard<'_, Taught> {
        self.taught.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The placements that answer, and the documents that they come from.
    pub fn effect(&self) -> Arc<Effect> {
        Arc::clone(&self.effect.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The law that applies on a day where a request does not say otherwise.
    pub fn law(&self, day: Day) -> AppliedLaw {
        self.law_from(&self.effect().home, day)
    }

    /// The law of a place on a day; the strictest where nothing is known of it.
    pub fn law_at(&self, place: Option<&str>, day: Day) -> AppliedLaw {
        self.law_from(self.effect().laws.course(place), day)
    }

    fn law_from(&self, course: &Course, day: Day) -> AppliedLaw {
        AppliedLaw { pack: course.on(day), day, child_directed: self.settings.child_directed }
    }

    /// Lets documents count from the next answer on; for the writer alone.
    pub fn put_into_effect(&self, effect: Effect) {
        *self.effect.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(effect);
    }

    /// Empties models and catalog before they are read from the store again.
    pub fn forget_lessons(&self) {
        let mut taught = self.teach();
        taught.model.clear();
        taught.catalog.clear();
        // Items may get other numbers.
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Shown::default();
    }

    /// Reads the file of places anew, where there is one; what cannot be read changes nothing.
    pub fn reload_places(&self) {
        match self.places.as_ref().map(PlaceFile::reload) {
            None => {}
            Some(Ok(())) => tracing::info!("file of places reloaded"),
            Some(Err(error)) => tracing::error!(%error, "the old file of places stays"),
        }
    }

    /// A run of the opt-out canary was handed in: readiness and metrics say so from now on.
    pub fn tell_canary(&self, last: Last) {
        self.canary.set(last);
        self.metrics.canary_failed.set(i64::from(!last.held));
        self.metrics.canary_run_seconds.set(last.at.ms() / 1_000);
    }

    /// Lends working memory for one answer.
    pub fn with_memory<R>(&self, work: impl FnOnce(&mut Memory) -> R) -> R {
        let lent = self.memories.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut memory = lent.unwrap_or_default();
        let result = work(&mut memory);
        self.memories.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
        result
    }
}
