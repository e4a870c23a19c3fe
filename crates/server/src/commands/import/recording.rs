//! Rows and lines on their way down the main path, in groups that become durable together.

use domain::id::ItemId;
use domain::time::Timestamp;
use ingest::event::{Event, EventKind};
use ingest::import::Kind;
use ingest::segment::{Endpoint, parse};
use personal::purpose::PurposeName;
use personal::subject::Subject;

use crate::circumstances::Circumstances;
use crate::commands::import::gather::{Gathered, PersonRows};
use crate::commands::import::report::Report;
use crate::commands::import::table::{Lines, Rows};
use crate::commands::import::{catalog, setting, settle};
use crate::commands::{Failure, OrFail as _, progress};
use crate::engine::Engine;
use crate::engine::importing::Mark;
use crate::engine::recording::{Claim, NotRecorded};
use crate::engine::staging::Arrival;
use crate::engine::visits::Sender;
use crate::path;

/// Rows that become durable together, at least.
const GROUP_ROWS: u64 = 8_000;
/// What is said when the store does not take a group.
const NOT_WRITTEN: &str = "the rows cannot be written";

/// One import of events or orders.
#[derive(Clone, Debug)]
pub struct Recording<'a> {
    /// The name of its mark: the digest of file, kind and columns.
    pub import: String,
    /// The digest of the file, part of every message's identity.
    pub file: String,
    /// What the rows are.
    pub kind: Kind,
    /// What the shop asserts for everybody in the file.
    pub asserted: &'a [(PurposeName, String)],
    /// Whether unknown items are declared.
    pub declare_items: bool,
    /// Whether an earlier mark is ignored.
    pub again: bool,
}

impl Recording<'_> {
    /// Takes rows under a header: person by person, each visit in order.
    ///
    /// # Errors
    /// A file that cannot be read, or what the store says.
    pub fn columns(
        &self,
        engine: &mut Engine,
        rows: Rows,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let mut gathered = Gathered::default();
        rows.each(|line, columns, row| {
            let row = match row {
                Ok(row) => row,
                Err(code) => return report.refuse(line, code, "row is not readable"),
            };
            match columns.row(self.kind, row) {
                Ok(row) => match gathered.add(line, row) {
                    Ok(()) => Ok(()),
                    Err(error) => report.refuse(line, "session_invalid", error),
                },
                Err(refusal) => report.refuse(line, refusal.code(), refusal),
            }
        })?;
        let mut mark = self.begin(engine, report)?;
        if mark.done {
            return Ok(());
        }
        if self.declare_items {
            let declared = catalog::declare(engine, gathered.items())?;
            report.notes.push(format!("{declared} items declared"));
        }
        let (people, guests) = gathered.people();
        report.notes.push(format!("{} customers, {guests} visits of guests", people - guests));
        let bar = progress(gathered.len() as u64, "recording");
        let skip = usize::try_from(mark.through).unwrap_or(usize::MAX);
        let (mut waiting, mut now) = (0, engine.shared.clock.now());
        for person in gathered.into_people().skip(skip) {
            let rows: usize = person.visits.iter().map(|(_, rows)| rows.len()).sum();
            self.person(engine, person, (now, &mut mark), report)?;
            mark.through += 1;
            waiting += rows as u64;
            bar.inc(rows as u64);
            if waiting >= GROUP_ROWS {
                self.commit(engine, mark, now)?;
                (waiting, now) = (0, engine.shared.clock.now());
            }
        }
        bar.finish_and_clear();
        self.commit(engine, Mark { done: true, ..mark }, now)
    }

    fn person(
        &self,
        engine: &mut Engine,
        person: PersonRows,
        (now, mark): (Timestamp, &mut Mark),
        report: &mut Report,
    ) -> Result<(), Failure> {
        let name = person.subject();
        self.assert(engine, &name, now)?;
        let claim = claim(engine, name, now);
        let sensitive = |item: &ItemId| {
            engine.shared.taught().catalog.get(item).is_some_and(|item| item.sensitive)
        };
        for message in person.messages(self.kind, sensitive) {
            let lines = message.lines();
            record(engine, message.into_event(&self.file), &lines, &claim, (report, mark))?;
        }
        Ok(())
    }

    /// Takes lines of Segment events in the order of the file.
    ///
    /// # Errors
    /// A file that cannot be read, or what the store says.
    pub fn lines(
        &self,
        engine: &mut Engine,
        lines: Lines,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let mut mark = self.begin(engine, report)?;
        if mark.done {
            return Ok(());
        }
        let (mut group, mut declared) = (Vec::new(), 0);
        let skip = mark.through;
        let mut last = skip;
        lines.each(|line, text| {
            if line <= skip {
                return Ok(());
            }
            last = line;
            match understand(text, &format!("{}:{line}", self.file)) {
                Ok((name, event)) => group.push((line, name, event)),
                Err((code, words)) => report.refuse(line, code, words)?,
            }
            if group.len() as u64 >= GROUP_ROWS {
                mark.through = line;
                declared += self.group(engine, std::mem::take(&mut group), &mut mark, report)?;
            }
            Ok(())
        })?;
        mark = Mark { through: last, done: true, ..mark };
        declared += self.group(engine, group, &mut mark, report)?;
        if self.declare_items {
            report.notes.push(format!("{declared} items declared"));
        }
        Ok(())
    }

    /// Records a group of lines and makes it durable; says how many items were new.
    fn group(
        &self,
        engine: &mut Engine,
        group: Vec<(u64, Subject, Event)>,
        mark: &mut Mark,
        report: &mut Report,
    ) -> Result<usize, Failure> {
        let mut declared = 0;
        if self.declare_items {
            let items = group.iter().filter_map(|(.., event)| match event.kind() {
                EventKind::Items(items) => Some(items.iter().map(|(_, item)| item.clone())),
                EventKind::Preferences(_) | EventKind::Ignored(_) => None,
            });
            let mut items: Vec<_> = items.flatten().collect();
            items.sort_unstable();
            items.dedup();
            declared = catalog::declare(engine, &items)?;
        }
        let now = engine.shared.clock.now();
        for (line, name, event) in group {
            self.assert(engine, &name, now)?;
            let claim = claim(engine, name, now);
            record(engine, event, &[line], &claim, (report, mark))?;
        }
        self.commit(engine, *mark, now)?;
        Ok(declared)
    }

    /// Where an earlier run stopped.
    fn begin(&self, engine: &Engine, report: &mut Report) -> Result<Mark, Failure> {
        let known = engine.import_mark(&self.import).or_fail("the mark of the import")?;
        let mark = known.filter(|_| !self.again).unwrap_or_default();
        report.taken_before = mark.taken;
        if mark.done {
            report
                .notes
                .push("this file was imported before; --again looks at every row anew".to_owned());
        } else if mark.through > 0 {
            report.notes.push("went on where an earlier run stopped".to_owned());
        }
        Ok(mark)
    }

    fn assert(&self, engine: &mut Engine, name: &Subject, now: Timestamp) -> Result<(), Failure> {
        for (purpose, text) in self.asserted {
            let setting = setting(engine, now);
            engine
                .assert_basis(name, (*purpose, text), &setting)
                .or_fail(&format!("--assert-basis {}", purpose.as_str()))?;
        }
        Ok(())
    }

    fn commit(&self, engine: &mut Engine, mark: Mark, now: Timestamp) -> Result<(), Failure> {
        engine.stage_import_mark(&self.import, mark).or_fail(NOT_WRITTEN)?;
        settle(engine, now).or_fail(NOT_WRITTEN)
    }
}

/// Who says it: the shop itself, so events keep their own time.
fn claim(engine: &Engine, name: Subject, now: Timestamp) -> Claim {
    let circumstances = Circumstances::of(engine.shared.law(now.day()));
    let arrival = Arrival { received: now, sender: Sender::Shop, circumstances };
    Claim { name, source: "import", arrival }
}

fn record(
    engine: &mut Engine,
    event: Event,
    lines: &[u64],
    claim: &Claim,
    (report, mark): (&mut Report, &mut Mark),
) -> Result<(), Failure> {
    match path::record(engine, event, claim) {
        Ok(_) => {
            report.taken += lines.len() as u64;
            mark.taken += lines.len() as u64;
            Ok(())
        }
        Err(NotRecorded::Engine(error)) => Err(Failure::new(format!("{NOT_WRITTEN}: {error}"))),
        Err(refused) => {
            lines.iter().try_for_each(|line| report.refuse(*line, refused.code(), &refused))
        }
    }
}

/// Reads one line of Segment events and finds whom it is about.
fn understand(
    text: Result<&[u8], &'static str>,
    fallback_id: &str,
) -> Result<(Subject, Event), (&'static str, String)> {
    let text = text.map_err(|code| (code, "line is too long".to_owned()))?;
    let parsed = parse(Endpoint::Line, text, fallback_id)
        .map_err(|error| ("malformed", error.to_string()))?;
    let event = match parsed.events.into_iter().next() {
        Some(Ok(event)) => event,
        Some(Err(error)) => return Err(("malformed", error.to_string())),
        None => return Err(("malformed", "line holds no event".to_owned())),
    };
    let names = event.names();
    let name = match (&names.customer, names.browser) {
        (Some(customer), _) => Subject::Customer(customer.clone()),
        (None, Some(browser)) => Subject::Browser(browser),
        (None, None) => return Err(("nobody", "line names nobody".to_owned())),
    };
    Ok((name, event))
}

#[cfg(test)]
mod tests;
