//! Rows of a whole file, small in memory, given back person by person and visit by visit.
//!
//! Files order rows as they like, while visits are put in order as a whole. So the rows are held
//! as numbers (some 60 bytes each) until the file has ended; names are kept once.

use std::collections::BTreeMap;

use domain::event::Action;
use domain::hex;
use domain::id::ItemId;
use domain::time::Timestamp;
use ingest::event::Event;
use ingest::import::Kind;
use ingest::import::rows::{ImportRow, arrange};
use personal::subject::{CustomerId, CustomerIdError, Subject};
use sha2::{Digest as _, Sha256};

/// The customer that stands for a visit of nobody in particular: `session:` and the visit's id as
/// the file has it, or the first 32 digits of its SHA-256 where the two are too long together.
/// With an asserted basis such a visit teaches like any other, and `confidant erase --customer`
/// finds it by this name.
///
/// # Errors
/// An id with a control character.
pub fn guest(session: &str) -> Result<CustomerId, CustomerIdError> {
    match CustomerId::parse(&format!("session:{session}")) {
        Err(CustomerIdError::TooLong { .. }) => {
            let digest = hex::encode(&Sha256::digest(session.as_bytes()));
            let short: String = digest.chars().take(32).collect();
            CustomerId::parse(&format!("session:{short}"))
        }
        parsed => parsed,
    }
}

/// One row, its names replaced by numbers.
#[derive(Clone, Copy, Debug)]
struct Slim {
    line: u64,
    at: Timestamp,
    order: Option<u64>,
    person: u32,
    visit: u32,
    item: u32,
    action: Action,
}

/// Rows that wait for the end of the file.
#[derive(Debug, Default)]
pub struct Gathered {
    rows: Vec<Slim>,
    people: Vec<CustomerId>,
    known_people: BTreeMap<Vec<u8>, u32>,
    visits: Vec<String>,
    known_visits: BTreeMap<(u32, String), u32>,
    items: Vec<ItemId>,
    known_items: BTreeMap<ItemId, u32>,
    guests: u64,
}

/// One row of a person, with the line where the file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The line.
    pub line: u64,
    /// The row, its time put in order within its visit.
    pub row: ImportRow,
}

/// The rows of one person, visit by visit.
#[derive(Clone, Debug)]
pub struct PersonRows {
    /// The person; see [`guest`] for who has no name.
    pub customer: CustomerId,
    /// The visits as the file names them, each in order.
    pub visits: Vec<(String, Vec<Placed>)>,
}

impl PersonRows {
    /// The person by name.
    pub fn subject(&self) -> Subject {
        Subject::Customer(self.customer.clone())
    }

    /// Every message, oldest first; those of one instant as they stood. What was bought in one
    /// order is one message, every other row is one of its own. Rows that are `apart`, as those of
    /// sensitive goods, join no order, so that a refusal names their line.
    pub fn messages(self, kind: Kind, apart: impl Fn(&ItemId) -> bool) -> Vec<Message> {
        let mut messages: Vec<Message> = Vec::new();
        for (visit, rows) in self.visits {
            let is_order = kind == Kind::Orders && !visit.is_empty();
            let mut order: Option<(usize, Timestamp)> = None;
            for placed in rows {
                let at = placed.row.at;
                let bought = placed.row.action == Action::Purchase && !apart(&placed.row.item);
                // Rows of one instant were spread by a millisecond each (`rows::arrange`).
                let joins = |(_, last): &(usize, Timestamp)| is_order || at.ms_since(*last) <= 1;
                match order.filter(|order| bought && joins(order)) {
                    Some((place, _)) => {
                        messages.get_mut(place).into_iter().for_each(|known| {
                            known.others.push(placed.clone());
                        });
                        order = Some((place, at));
                    }
                    None => {
                        if bought {
                            order = Some((messages.len(), at));
                        }
                        messages.push(Message { first: placed, others: Vec::new() });
                    }
                }
            }
        }
        messages.sort_by_key(|message| message.first.row.at);
        messages
    }
}

/// Rows that are told as one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The first row, whose line and time the event has.
    pub first: Placed,
    /// What was bought with it.
    pub others: Vec<Placed>,
}

impl Message {
    /// The lines of the rows.
    pub fn lines(&self) -> Vec<u64> {
        let others = self.others.iter().map(|placed| placed.line);
        std::iter::once(self.first.line).chain(others).collect()
    }

    /// The event; its message is named by file and first line.
    pub fn into_event(self, file: &str) -> Event {
        let Self { first, others } = self;
        let others = others.into_iter().map(|placed| placed.row);
        first.row.into_event_with(others, format!("{file}:{}", first.line))
    }
}

impl Gathered {
    /// Takes a row.
    ///
    /// # Errors
    /// A visit whose id cannot be a name.
    pub fn add(&mut self, line: u64, row: ImportRow) -> Result<(), CustomerIdError> {
        let ImportRow { customer, session, item, at, order, action } = row;
        let session = session.unwrap_or_default();
        let known = customer.is_some();
        let customer = match customer {
            Some(customer) => customer,
            None => guest(&session)?,
        };
        let name = Subject::Customer(customer.clone()).mac_input();
        let before = self.people.len();
        let person = number(&mut self.known_people, &mut self.people, name, customer);
        if !known && self.people.len() > before {
            self.guests += 1;
        }
        let visit = (person, session.clone());
        let visit = number(&mut self.known_visits, &mut self.visits, visit, session);
        let item = number(&mut self.known_items, &mut self.items, item.clone(), item);
        self.rows.push(Slim { line, at, order, person, visit, item, action });
        Ok(())
    }

    /// How many rows wait.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether no row waits.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many people there are, and how many of them are visits of nobody in particular.
    pub fn people(&self) -> (u64, u64) {
        (self.people.len() as u64, self.guests)
    }

    /// Every item that a row names, as the file names it first.
    pub fn items(&self) -> &[ItemId] {
        &self.items
    }

    /// Gives the rows person by person, in the order in which the file names them first.
    pub fn into_people(mut self) -> impl Iterator<Item = PersonRows> {
        self.rows.sort_by_key(|row| (row.person, row.visit, row.line));
        let Self { rows, people, visits, items, .. } = self;
        let mut rows = rows.into_iter().peekable();
        (0_u32..).zip(people).map(move |(person, customer)| {
            let mut own: Vec<(String, Vec<Placed>)> = Vec::new();
            let mut last = None;
            while let Some(slim) = rows.next_if(|row| row.person == person) {
                let Some(placed) = placed(&slim, &items) else { continue };
                if last != Some(slim.visit) {
                    let name = visits.get(slim.visit as usize).cloned().unwrap_or_default();
                    own.push((name, Vec::new()));
                    last = Some(slim.visit);
                }
                if let Some((_, rows)) = own.last_mut() {
                    rows.push(placed);
                }
            }
            let visits = own.into_iter().map(|(name, rows)| (name, in_order(rows))).collect();
            PersonRows { customer, visits }
        })
    }
}

/// The number of a name; a fresh one when it is new.
fn number<K: Ord, V>(known: &mut BTreeMap<K, u32>, all: &mut Vec<V>, name: K, value: V) -> u32 {
    let next = u32::try_from(all.len()).unwrap_or(u32::MAX);
    *known.entry(name).or_insert_with(|| {
        all.push(value);
        next
    })
}

fn placed(slim: &Slim, items: &[ItemId]) -> Option<Placed> {
    let item = items.get(slim.item as usize)?.clone();
    let Slim { line, at, order, action, .. } = *slim;
    let row = ImportRow { customer: None, session: None, item, at, order, action };
    Some(Placed { line, row })
}

/// [`arrange`], with the lines beside the rows.
fn in_order(mut rows: Vec<Placed>) -> Vec<Placed> {
    // The same stable order as inside, so that lines stay beside their rows.
    rows.sort_by_key(|placed| (placed.row.order.unwrap_or(0), placed.row.at));
    let (lines, rows): (Vec<u64>, Vec<ImportRow>) =
        rows.into_iter().map(|placed| (placed.line, placed.row)).unzip();
    lines.into_iter().zip(arrange(rows)).map(|(line, row)| Placed { line, row }).collect()
}

#[cfg(test)]
mod tests;
