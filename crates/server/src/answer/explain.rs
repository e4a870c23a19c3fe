//! How an answer came about, step by step: for the shop's engineers, never for a page.
//!
//! # Privacy
//! The trace names catalog items and rules. It names nobody; what the visitor looked at or bought
//! is counted and not named, and so are candidates whose number of people lies below a floor.

use domain::id::ItemId;
use recommend::page::presence::Absence;
use recommend::page::trace::{Note, Trace};
use recommend::placement::{Placement, Source};
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::candidates::{Asked, Memory, Offered};
use crate::answer::{Tier, TierName};

/// Candidates of one model that a trace shows.
const SHOWN_MAX: usize = 50;

/// How an answer came about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Explanation {
    /// The placement.
    pub placement: String,
    /// The tier.
    pub tier: TierName,
    /// Which weights of the blend were used: `default`, or those for a placement, a tier or both.
    pub weights: String,
    /// Where chance came from; the same request with it gives the same page.
    pub seed: u64,
    /// Items that were left out because the visitor knows them: how many, without a name.
    pub known: usize,
    /// What each model offered, in the order in which they were asked.
    pub models: Vec<ModelTrace>,
    /// What happened to whom after that.
    pub steps: Vec<StepTrace>,
    /// The page.
    pub page: Vec<PlaceTrace>,
}

/// What one model offered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModelTrace {
    /// The model, as `models` of a placement names it.
    #[schema(value_type = String)]
    pub model: Source,
    /// How many it offered.
    pub offered: usize,
    /// Candidates that too few people stand behind: how many, without a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub below_floor: Option<usize>,
    /// The best of them.
    pub best: Vec<CandidateTrace>,
}

/// One candidate of one model.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CandidateTrace {
    /// The item.
    #[schema(value_type = String)]
    pub item: ItemId,
    /// Comparable within one model and one kind of reason only.
    pub score: u64,
    /// The code of the reason.
    pub reason: &'static str,
    /// Distinct people behind it, where the model counts them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<u32>,
    /// The fused score of the blend.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fused: Option<i64>,
    /// What each model of the blend gave to the fused score, greatest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartTrace>,
}

/// What one model of the blend gave to one candidate.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartTrace {
    /// The model by the name under which its weights stand; `item` is the item by itself.
    pub model: String,
    /// Its part of the fused score.
    pub score: i64,
}

/// What happened to one item.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StepTrace {
    /// One of `vanished`, `excluded`, `not_included`, `weighed`, `moved`, `diversified`, `lifted`,
    /// `explored`, `pinned`.
    pub step: &'static str,
    /// The item.
    #[schema(value_type = String)]
    pub item: ItemId,
    /// Why, by what, or from where to where.
    pub what: String,
}

/// One place of the page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlaceTrace {
    /// The item.
    #[schema(value_type = String)]
    pub item: ItemId,
    /// The code of the reason.
    pub reason: &'static str,
}

impl Explanation {
    /// Asks every model of the placement on its own and adds what the page did.
    pub(super) fn of(
        (placement, tier, seed): (&Placement, &Tier, u64),
        (asked, pool): (&Asked<'_>, usize),
        trace: &Trace,
        places: Vec<(ItemId, &'static str)>,
        memory: &mut Memory,
    ) -> Self {
        let models = placement
            .models
            .iter()
            .map(|source| ModelTrace::of(*source, asked, pool, memory))
            .collect();
        let steps = trace.notes().iter().filter(|note| !is_about_the_visitor(note));
        let page = places.into_iter().map(|(item, reason)| PlaceTrace { item, reason });
        Self {
            placement: placement.name.clone(),
            tier: tier.name(),
            weights: asked.taught.model.weights_name(asked.weights),
            seed,
            known: asked.exclude.len(),
            models,
            steps: steps.map(|note| StepTrace::of(note, placement)).collect(),
            page: page.collect(),
        }
    }

    /// The trace as lines for a terminal.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "placement {}, tier {}, weights {}, seed {}, {} known items left out",
            self.placement,
            self.tier.as_str(),
            self.weights,
            self.seed,
            self.known
        )];
        for model in &self.models {
            let below = model.below_floor.map(|count| format!(", {count} below floor"));
            let below = below.unwrap_or_default();
            lines.push(format!("\n{:?} offered {}{below}", model.model, model.offered));
            for (rank, one) in (1..).zip(&model.best) {
                let people = one.people.map(|people| format!(", {people} people"));
                lines.push(format!(
                    "  {rank:>3}  {}  score {}, {}{}",
                    one.item,
                    one.score,
                    one.reason,
                    people.unwrap_or_default()
                ));
                let parts = one.parts.iter().map(|part| format!("{} {}", part.model, part.score));
                let parts: Vec<String> = parts.collect();
                if let Some(fused) = one.fused {
                    lines.push(format!("       fused {fused}: {}", parts.join(", ")));
                }
            }
        }
        lines.push("\nsteps".to_owned());
        for step in &self.steps {
            lines.push(format!("  {:<12} {}  {}", step.step, step.item, step.what));
        }
        lines.push("\npage".to_owned());
        for (place, one) in (1..).zip(&self.page) {
            lines.push(format!("  {place:>3}  {}  {}", one.item, one.reason));
        }
        lines
    }
}

impl ModelTrace {
    fn of(model: Source, asked: &Asked<'_>, pool: usize, memory: &mut Memory) -> Self {
        let offers = asked.of(model, pool, memory);
        let of_blend = model == Source::Blend;
        let fused = if of_blend { asked.fused(pool, memory) } else { Vec::new() };
        let best = offers.iter().take(SHOWN_MAX).filter_map(|offered| {
            let Offered { item, score, why, people } = *offered;
            let blended = fused.iter().find(|one| one.item == item);
            let parts = blended.map_or(&[][..], |one| one.parts.as_slice()).iter();
            Some(CandidateTrace {
                item: asked.taught.model.items().id(item)?.clone(),
                score,
                reason: why.code(),
                people: people.or(blended.map(|one| one.people)),
                fused: blended.map(|one| one.score),
                parts: parts
                    .map(|(model, score)| PartTrace { model: model.clone(), score: *score })
                    .collect(),
            })
        });
        let best: Vec<CandidateTrace> = best.collect();
        let below_floor = asked.below_floor(model, memory);
        Self { model, offered: offers.len(), below_floor, best }
    }
}

impl StepTrace {
    fn of(note: &Note, placement: &Placement) -> Self {
        let rule = |rule: &usize| format!("by rule {:?}", placement.rules.name(*rule));
        let (step, item, what) = match note {
            Note::Vanished { item, why } => ("vanished", item, why.as_str().to_owned()),
            Note::Excluded { item, rule: by } => ("excluded", item, rule(by)),
            Note::NotIncluded { item, rule: by } => ("not_included", item, rule(by)),
            Note::Touched { item, per_mille, rules } => {
                let names: Vec<String> = rules.iter().map(rule).collect();
                ("weighed", item, format!("to {per_mille} per mille {}", names.join(", ")))
            }
            Note::Weighed { item, from, to } => ("moved", item, moved(*from, *to)),
            Note::Diversified { item, from, to } => ("diversified", item, moved(*from, *to)),
            Note::Lifted { item, group } => ("lifted", item, format!("by the floor of {group}")),
            Note::Explored { item } => ("explored", item, "by chance".to_owned()),
            Note::Pinned { item, place, rule: by } => {
                ("pinned", item, format!("to place {place} {}", rule(by)))
            }
        };
        Self { step, item: item.clone(), what }
    }
}

/// Whether a note says what the visitor looked at or bought.
const fn is_about_the_visitor(note: &Note) -> bool {
    matches!(note, Note::Vanished { why: Absence::Seen | Absence::Bought, .. })
}

fn moved(from: usize, to: usize) -> String {
    format!("from rank {} to {}", from + 1, to + 1)
}
