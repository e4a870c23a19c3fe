//! Fits the blend of a shop on its own newest sessions.
//!
//! The sessions are put in order of time and the newest part is held back. What is learned from
//! the older part predicts it: first the settings of each scorer are searched (one axis at a time,
//! by HR + MRR with the current item excluded), then the sequence model is trained, then
//! [`crate::blend::fit`] weighs all models together. The result holds no number of any one
//! person: it is a few dozen weights in hundredths, a person's steps count at most
//! [`TuneSettings::choices_per_subject_max`] times, and below [`TuneSettings::subjects_min`]
//! people nothing is fitted (DESIGN, section 7).

use domain::id::Pseudonym;
use serde::{Deserialize, Serialize};

use crate::blend::features::FEATURES;
use crate::blend::fit::{Choice, Fit};
use crate::blend::rank::Blender;
use crate::blend::{Blend, BlendError, BlendSettings, GroupWeights};
use crate::evaluation::Session;
use crate::evaluation::learned::{Learned, Watch};
use crate::items::ItemNo;
use crate::neighbors::Wanted;
use crate::plan::Plan;
use crate::scratch::Scratch;
use crate::sequence::SequenceError;
use crate::sequence::settings::TrainerSettings;
use crate::tune::share::{Share, evenly};
use crate::tune::tiers::View;

mod search;
pub mod share;
mod thin;
mod tiers;

/// How a blend is fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TuneSettings {
    /// People (or sessions, where nobody is named) below which nothing is fitted.
    pub subjects_min: u32,
    /// Newest sessions that are held back, in percent.
    pub held_back_percent: u8,
    /// Most steps that are predicted while settings are searched.
    pub search_choices_max: u32,
    /// Most steps that the weights are fitted on.
    pub choices_max: u32,
    /// Most steps of one person that count.
    pub choices_per_subject_max: u32,
    /// Candidates of a step that are compared: half of them the best, half drawn from all others;
    /// the chosen one is always among them.
    pub candidates_max: u32,
    /// Strength of the pull toward no opinion, in steps.
    pub ridge: u32,
    /// How the sequence model is trained; none leaves it out.
    pub sequence: Option<TrainerSettings>,
    /// Whether the linear model takes part.
    pub linear: bool,
    /// Whether the tiers get weights of their own, by what each of them sees.
    pub tiers: bool,
}

impl Default for TuneSettings {
    fn default() -> Self {
        Self {
            subjects_min: 1_000,
            held_back_percent: 10,
            search_choices_max: 2_000,
            choices_max: 8_000,
            choices_per_subject_max: 20,
            candidates_max: 150,
            ridge: 4,
            sequence: Some(TrainerSettings::default()),
            linear: true,
            tiers: false,
        }
    }
}

/// Why nothing was fitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TuneError {
    /// The shipped weights serve such a shop better, and say nothing about anyone.
    #[error("{found} people are too few to fit weights: at least {needed} are needed")]
    Few {
        /// People or sessions that there are.
        found: u32,
        /// People that are needed.
        needed: u32,
    },
    /// No step could be predicted at all.
    #[error("the newest sessions hold no step that the older ones could predict")]
    Nothing,
    /// The blend cannot be made.
    #[error(transparent)]
    Blend(#[from] BlendError),
    /// The sequence model cannot be trained.
    #[error("sequence model: {0}")]
    Sequence(#[from] SequenceError),
}

/// What a scorer reached on the held-back steps, in hits and mean reciprocal rank per step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reached {
    /// The scorer.
    pub name: String,
    /// HR@20, current item excluded.
    pub hit_rate: f64,
    /// MRR@20, current item excluded.
    pub reciprocal_rank: f64,
}

/// A fitted blend.
#[derive(Clone, Debug, PartialEq)]
pub struct Tuned {
    /// What to learn and how to blend it.
    pub plan: Plan,
    /// The single scorers, as chosen.
    pub reached: Vec<Reached>,
    /// Sessions that were learned and held back.
    pub sessions: (usize, usize),
    /// People (or sessions) among them.
    pub subjects: u32,
    /// Steps that the weights were fitted on.
    pub choices: usize,
    /// Mean logarithm of the likelihood of a step.
    pub log_likelihood: f64,
}

/// Where visits of this many items begin to have weights of their own.
const GROUPS: [u16; 4] = [1, 2, 4, 16];
/// How often the weights are fitted, each time against what the last ones put in front.
const PASSES: u64 = 2;

/// Fits a blend.
///
/// # Errors
/// See [`TuneError`].
pub fn tune(
    sessions: &[Session],
    settings: &TuneSettings,
    watch: &mut Watch<'_>,
) -> Result<Tuned, TuneError> {
    let subjects = subjects(sessions);
    if subjects < settings.subjects_min {
        return Err(TuneError::Few { found: subjects, needed: settings.subjects_min });
    }
    let (older, newer) = hold_back(sessions, settings);
    let bare = Plan::shipped();
    let mut learned = Learned::new(&older, &bare, watch)?;
    let (scorers, reached) = search::search(&learned, &newer, settings, watch);
    let blend = BlendSettings { scorers, groups: bare.blend.groups };
    let linear = settings.linear.then(crate::linear::LinearSettings::default);
    let plan = Plan { blend, sequence: settings.sequence, linear, sections: Vec::new() };
    learned.train(&older, &plan, watch)?;
    let plan = Plan {
        sequence: plan.sequence.filter(|_| learned.sequence.is_some()),
        linear: plan.linear.filter(|_| learned.linear.is_some()),
        ..plan
    };
    let mut plan = plan;
    let (mut steps, mut log_likelihood) = (0, 0.0);
    for pass in 0..PASSES {
        let choices = choices(&learned, &plan, (&newer, &View::Visit), settings, watch)?;
        if choices.is_empty() {
            return Err(TuneError::Nothing);
        }
        watch("weighing the models", pass, PASSES);
        steps = choices.len();
        (plan.blend.groups, log_likelihood) = groups(&plan.blend, &choices, settings);
    }
    watch("weighing the models", PASSES, PASSES);
    let sections = match settings.tiers {
        true => tiers::sections(&learned, &plan, (&older, &newer), settings, watch)?,
        false => Vec::new(),
    };
    let blend = plan.blend.check()?;
    Ok(Tuned {
        plan: Plan { blend, sections, ..plan },
        reached,
        sessions: (older.len(), newer.len()),
        subjects,
        choices: steps,
        log_likelihood,
    })
}

/// Distinct subjects; a session without one counts by itself.
fn subjects(sessions: &[Session]) -> u32 {
    let mut named: Vec<Pseudonym> = sessions.iter().filter_map(|one| one.subject).collect();
    named.sort_unstable();
    named.dedup();
    let unnamed = sessions.iter().filter(|one| one.subject.is_none()).count();
    u32::try_from(named.len() + unnamed).unwrap_or(u32::MAX)
}

/// Parts the sessions by time: the newest ones that have a step to predict are held back.
fn hold_back(sessions: &[Session], settings: &TuneSettings) -> (Vec<Session>, Vec<Session>) {
    let mut ordered: Vec<&Session> = sessions.iter().collect();
    ordered.sort_by_key(|session| session.at);
    let share = ordered.len() * usize::from(settings.held_back_percent.clamp(1, 90)) / 100;
    let (mut from, mut steps) = (ordered.len(), 0_usize);
    for session in ordered.iter().rev().take(share.max(1)) {
        if steps >= settings.choices_max as usize {
            break;
        }
        steps += session.items.len().saturating_sub(1);
        from -= 1;
    }
    let newer = ordered.split_off(from);
    let own = |sessions: Vec<&Session>| sessions.into_iter().cloned().collect();
    (own(ordered), own(newer))
}

/// The held-back steps with the features of their candidates, by length of the visit.
fn choices(
    learned: &Learned,
    plan: &Plan,
    (newer, view): (&[Session], &View),
    settings: &TuneSettings,
    watch: &mut Watch<'_>,
) -> Result<Vec<(usize, Choice)>, TuneError> {
    let blend = Blend::new(plan.blend.clone())?;
    let mut scratch = Scratch::new();
    let mut choices = Vec::new();
    let most = settings.choices_per_subject_max;
    let mut share = Share::new(most);
    let wanted = Wanted { count: usize::MAX, supporters_min: 1, exclude: &[] };
    for (done, session) in newer.iter().enumerate() {
        watch("looking at candidates", done as u64, newer.len() as u64);
        let numbers: Vec<Option<ItemNo>> =
            session.items.iter().map(|item| learned.items.number(item)).collect();
        let Some(mut visit) = view.before(session) else { continue };
        for (place, pair) in numbers.windows(2).enumerate() {
            let [current, target] = pair else { continue };
            view.see(&mut visit, *current);
            if !evenly(place, numbers.len() - 1, most) || !share.takes(session.subject) {
                continue;
            }
            let blender = Blender {
                index: &learned.index,
                items: &learned.items,
                blend: &blend,
                sequence: learned.sequence.as_ref(),
                linear: learned.linear.as_ref(),
                now: session.at,
            };
            blender.gather(&visit, &wanted, &mut scratch);
            let turn = choices.len();
            let choice = thin::thin(&mut scratch.blended, *target, settings.candidates_max, turn);
            choices.extend(choice.map(|choice| (visit.len(), choice)));
        }
    }
    Ok(choices)
}

/// Fits all steps together, then each length of visit near that.
fn groups(
    blend: &BlendSettings,
    choices: &[(usize, Choice)],
    settings: &TuneSettings,
) -> (Vec<GroupWeights>, f64) {
    let prior = crate::blend::features::EMPTY;
    let all: Vec<Choice> = choices.iter().map(|(_, choice)| choice.clone()).collect();
    let features = spoken(&all);
    let fit = Fit { features: features.clone(), ridge: f64::from(settings.ridge) };
    let whole = fit.run(&all, &prior);
    drop(all);
    let near = Fit { features, ridge: f64::from(settings.ridge) * 8.0 };
    let mut groups = Vec::new();
    for (place, from) in GROUPS.iter().enumerate() {
        let to = GROUPS.get(place + 1).map_or(usize::MAX, |next| usize::from(*next));
        let within = |(length, _): &&(usize, Choice)| (usize::from(*from)..to).contains(length);
        let own: Vec<Choice> =
            choices.iter().filter(within).map(|(_, choice)| choice.clone()).collect();
        let fitted = near.run(&own, &whole.weights);
        groups.push(crate::blend::features::group(blend, *from, &fitted.weights));
    }
    (groups, whole.log_likelihood)
}

/// The features that are not the same everywhere.
fn spoken(choices: &[Choice]) -> Vec<usize> {
    let varies = |place: &usize| {
        choices.iter().any(|choice| {
            let first = choice.rows.first().and_then(|row| row.get(*place));
            choice.rows.iter().any(|row| row.get(*place) != first)
        })
    };
    (0..FEATURES).filter(varies).collect()
}

#[cfg(test)]
mod tests;
