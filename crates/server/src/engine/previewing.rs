//! What an erasure would do to one person, counted and not done.

use domain::id::Pseudonym;
use domain::time::Timestamp;
use personal::kinds::DECLARATIONS;
use personal::purpose::PurposeName;
use personal::subject::Subject;
use rights::plan::{Scope, plan_erasure};
use rights::preview::{Going, Here, Place, Preview, going, preview};
use store::erase;

use crate::engine::forgetting::{TOMBSTONE_KEEP_DAYS, erase_plan, learners};
use crate::engine::{Engine, EngineError};
use crate::recipients::tellings;

impl Engine {
    /// Says what an erasure would do today. Nothing is opened, written or changed for it.
    ///
    /// # Errors
    /// What the store says.
    pub fn preview(
        &self,
        name: &Subject,
        scope: Scope,
        now: Timestamp,
    ) -> Result<Preview, EngineError> {
        let today = now.day();
        let subject = self.shared.ring.subject_ref(name);
        let targets = self.targets(subject, scope);
        let counted = erase::survey(self.tables.as_ref(), &erase_plan(&targets))?;
        let going = counted.tables.into_iter().map(|one| (one.table.to_owned(), one.rows));
        let kept = counted.kept.into_iter().map(|one| (one.table.to_owned(), one.rows));
        let taught = self.shared.taught();
        let baskets = taught.model.baskets();
        let visits = learners(&targets).map(|who| taught.model.index().sessions_of(who).len());
        let orders = learners(&targets).map(|who| baskets.baskets_of(who).count());
        let plan = plan_erasure(scope, &DECLARATIONS, today);
        let doomed = targets.iter().filter(|target| plan.destroy_keys.contains(&target.purpose));
        let names: Vec<Pseudonym> = doomed.map(|target| target.pseudonym).collect();
        let here = Here {
            rows: going.chain(kept).collect(),
            keys: targets.iter().map(|target| target.purpose).collect(),
            learned: (visits.sum::<usize>() as u64, orders.sum::<usize>() as u64),
            more: self.in_memory(name, scope, &names),
            told: tellings(&self.shared.settings, name, today),
            tombstone_until: today.plus(TOMBSTONE_KEEP_DAYS),
            backups_until: today.plus(self.shared.settings.backup_keep_days),
        };
        Ok(preview(&plan, &here, today))
    }

    /// What no table declares: copies in memory and what waits.
    fn in_memory(&self, name: &Subject, scope: Scope, names: &[Pseudonym]) -> Vec<Going> {
        let subject = self.shared.ring.subject_ref(name);
        let people = self.shared.people.read();
        let recent = people.get(&subject).is_some_and(|person| person.recent.is_some());
        let recent = recent && scope.reaches(PurposeName::Personalization);
        let keys = names.iter().filter(|name| self.cache.contains_key(*name)).count();
        let steps: usize = names.iter().map(|name| self.visits.open_steps(*name).len()).sum();
        let waiting = self.waiting.iter().filter(|(_, of, _)| names.contains(of)).count();
        let memory = |name, what, count: usize| going(Place::Memory, name, what, count as u64);
        vec![
            memory("recent_items", "The newest items, as answers use them.", usize::from(recent)),
            memory("unwrapped_keys", "Keys that are open in memory.", keys),
            memory("open_visit", "Steps of a visit that is still open.", steps),
            going(
                Place::Queue,
                "waiting_visits",
                "Visits that wait for items to be known before they are learned.",
                waiting as u64,
            ),
            going(Place::Replica, "replicas", "This server has no replicas.", 0),
        ]
    }
}
