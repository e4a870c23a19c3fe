//! Weights for single tiers, by what each of them sees.
//!
//! The tier `visit` sees the items of the visit so far, and the default weights are fitted on
//! that. `anonymous` sees the item in view and nothing before it; `history` sees the person's
//! newest earlier items as well. What the rows of a shop do not say is the placement of a visit,
//! so nothing is fitted by placement; a shop may write such sections by hand.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{ItemId, Pseudonym};
use domain::time::Timestamp;

use crate::evaluation::Session;
use crate::evaluation::learned::{Learned, Watch};
use crate::items::{ItemNo, Items};
use crate::plan::Plan;
use crate::sections::{Section, Tier};
use crate::tune::{TuneError, TuneSettings, choices, groups};

/// Newest items of a history that an answer uses.
const HISTORY_ITEMS_MAX: usize = 50;
/// Steps below which a tier keeps the default weights.
const STEPS_MIN: usize = 500;
/// People behind them below which a tier keeps the default weights.
const PEOPLE_MIN: usize = 100;

/// What an answer sees of a session and of what came before it.
pub(super) enum View {
    /// The current item.
    Anonymous,
    /// The session so far.
    Visit,
    /// The session so far, after the newest items of the person's earlier ones.
    History(BTreeMap<Pseudonym, Vec<(Timestamp, ItemNo)>>),
}

impl View {
    /// What is seen when a session begins; none when the tier would not answer it.
    pub(super) fn before(&self, session: &Session) -> Option<Vec<ItemNo>> {
        let Self::History(earlier) = self else { return Some(Vec::new()) };
        let own = earlier.get(&session.subject?)?;
        let before = own.get(..own.partition_point(|(at, _)| *at < session.at))?;
        let newest = before.get(before.len().saturating_sub(HISTORY_ITEMS_MAX)..)?;
        (!newest.is_empty()).then(|| newest.iter().map(|(_, item)| *item).collect())
    }

    /// Goes on to the next item of the session.
    pub(super) fn see(&self, visit: &mut Vec<ItemNo>, current: Option<ItemNo>) {
        if matches!(self, Self::Anonymous) {
            visit.clear();
        }
        visit.extend(current);
    }

    fn history(items: &Items, sessions: &[&Session]) -> Self {
        let mut earlier: BTreeMap<Pseudonym, Vec<(Timestamp, ItemNo)>> = BTreeMap::new();
        let mut ordered = sessions.to_vec();
        ordered.sort_by_key(|session| session.at);
        for session in ordered {
            let Some(subject) = session.subject else { continue };
            let number = |item: &ItemId| Some((session.at, items.number(item)?));
            earlier.entry(subject).or_default().extend(session.items.iter().filter_map(number));
        }
        Self::History(earlier)
    }
}

/// Fits the tiers that see more or less than a visit, where there is enough to fit them on.
pub(super) fn sections(
    learned: &Learned,
    plan: &Plan,
    (older, newer): (&[Session], &[Session]),
    settings: &TuneSettings,
    watch: &mut Watch<'_>,
) -> Result<Vec<Section>, TuneError> {
    let all: Vec<&Session> = older.iter().chain(newer).collect();
    let history = View::history(&learned.items, &all);
    let mut sections = Vec::new();
    for (tier, view) in [(Tier::Anonymous, View::Anonymous), (Tier::History, history)] {
        let seen = |session: &&Session| view.before(session).is_some();
        let people: BTreeSet<Result<Pseudonym, usize>> = newer
            .iter()
            .filter(seen)
            .enumerate()
            .map(|(number, session)| session.subject.ok_or(number))
            .collect();
        if people.len() < PEOPLE_MIN {
            continue;
        }
        let steps = choices(learned, plan, (newer, &view), settings, watch)?;
        if steps.len() < STEPS_MIN {
            continue;
        }
        let longest = steps.iter().map(|(items, _)| *items).max().unwrap_or(0);
        let (mut groups, _) = groups(&plan.blend, &steps, settings);
        groups.retain(|group| usize::from(group.visit_items_min) <= longest.max(1));
        sections.push(Section { placement: None, tier: Some(tier), scorers: Vec::new(), groups });
    }
    Ok(sections)
}

#[cfg(test)]
mod tests;
