//! One row of a file of visits or orders.

use domain::event::Action;
use domain::id::{ItemId, ItemIdError};
use domain::time::Timestamp;
use personal::subject::{CustomerId, CustomerIdError};

use crate::event::{ClientTimes, Event, EventKind, Names};
use crate::import::Kind;
use crate::import::mapping::{Columns, Key};
use crate::import::moment;
use crate::segment::names;

/// Longest id of a visit or an order, in bytes of UTF-8.
pub const SESSION_ID_BYTES_MAX: usize = 128;

/// What one row says.
#[derive(Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// The customer, where the file knows one.
    pub customer: Option<CustomerId>,
    /// The visit or order; at least one of the two is there.
    pub session: Option<String>,
    /// The item.
    pub item: ItemId,
    /// When.
    pub at: Timestamp,
    /// The place inside the visit, where a column says it.
    pub order: Option<u64>,
    /// What was done.
    pub action: Action,
}

impl std::fmt::Debug for ImportRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ImportRow(..)")
    }
}

/// Why a row was not taken. Never holds a value of the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum RowRefusal {
    /// The row is shorter than the columns that are needed.
    #[error("row has too few columns")]
    Columns,
    /// The item column is empty.
    #[error("item is empty")]
    ItemEmpty,
    /// The item is no item id.
    #[error("item is not an item id (at most 128 bytes, no control characters)")]
    Item,
    /// Neither customer nor visit.
    #[error("row names neither customer nor session")]
    Nobody,
    /// The customer is no customer id.
    #[error("customer is not a customer id (at most 128 bytes, no control characters)")]
    Customer,
    /// The visit's id is too long.
    #[error("session has more than {SESSION_ID_BYTES_MAX} bytes")]
    Session,
    /// The time is none.
    #[error("time is not in a known form or before 1970")]
    Time,
    /// The order column is no whole number.
    #[error("order is not a whole number")]
    Order,
    /// The quantity is no number.
    #[error("quantity is not a number")]
    Quantity,
    /// Nothing was bought or sent back.
    #[error("quantity is zero")]
    QuantityZero,
    /// The word in the event column is not known.
    #[error("event is not a known word")]
    Event,
    /// A field of an item breaks a limit of the catalog.
    #[error("a field of the item breaks a limit of the catalog")]
    Catalog,
    /// The price is no decimal number.
    #[error("price is not a decimal number of the currency")]
    Price,
    /// The currency is not three capital letters.
    #[error("currency is not three capital letters (ISO 4217)")]
    Currency,
}

impl RowRefusal {
    /// The reason as reports count it: a closed list of words.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Columns => "too_few_columns",
            Self::ItemEmpty => "item_empty",
            Self::Item => "item_invalid",
            Self::Nobody => "nobody",
            Self::Customer => "customer_invalid",
            Self::Session => "session_invalid",
            Self::Time => "time_invalid",
            Self::Order => "order_invalid",
            Self::Quantity => "quantity_invalid",
            Self::QuantityZero => "quantity_zero",
            Self::Event => "event_unknown",
            Self::Catalog => "catalog_limit",
            Self::Price => "price_invalid",
            Self::Currency => "currency_invalid",
        }
    }
}

impl Columns {
    /// Reads one row of visits or orders.
    ///
    /// # Errors
    /// [`RowRefusal`].
    pub fn row(&self, kind: Kind, row: &[&str]) -> Result<ImportRow, RowRefusal> {
        let item = self.item(row)?;
        let at = self.time(row)?;
        let customer = self.customer(row)?;
        let session = self.text(Key::Session, row);
        if session.is_some_and(|id| id.len() > SESSION_ID_BYTES_MAX) {
            return Err(RowRefusal::Session);
        }
        if customer.is_none() && session.is_none() {
            return Err(RowRefusal::Nobody);
        }
        let order = match self.text(Key::Order, row) {
            None => None,
            Some(text) => Some(text.parse().map_err(|_| RowRefusal::Order)?),
        };
        let action = self.action(kind, session, row)?;
        Ok(ImportRow { customer, session: session.map(str::to_owned), item, at, order, action })
    }

    pub(crate) fn item(&self, row: &[&str]) -> Result<ItemId, RowRefusal> {
        let texts = self.texts(Key::Item, row).ok_or(RowRefusal::Columns)?;
        let text = texts.first().copied().unwrap_or_default();
        ItemId::parse(text).map_err(|error| match error {
            ItemIdError::Empty => RowRefusal::ItemEmpty,
            ItemIdError::Control | ItemIdError::TooLong { .. } => RowRefusal::Item,
        })
    }

    fn time(&self, row: &[&str]) -> Result<Timestamp, RowRefusal> {
        let texts = self.texts(Key::Time, row).ok_or(RowRefusal::Columns)?;
        let time = match texts.as_slice() {
            [one] => moment::parse(one, &self.zone),
            parts => moment::compose(parts, &self.zone),
        };
        time.map_err(|_| RowRefusal::Time)
    }

    /// Tables that hold empty cells often write whole numbers as `17850.0`; the customer is
    /// `17850` all the same.
    fn customer(&self, row: &[&str]) -> Result<Option<CustomerId>, RowRefusal> {
        let Some(text) = self.text(Key::Customer, row) else { return Ok(None) };
        let text = match text.strip_suffix(".0") {
            Some(whole) if !whole.is_empty() && whole.bytes().all(|b| b.is_ascii_digit()) => whole,
            Some(_) | None => text,
        };
        CustomerId::parse(text).map(Some).map_err(|error| match error {
            CustomerIdError::Empty => RowRefusal::Nobody,
            CustomerIdError::Control | CustomerIdError::TooLong { .. } => RowRefusal::Customer,
        })
    }

    fn action(
        &self,
        kind: Kind,
        session: Option<&str>,
        row: &[&str],
    ) -> Result<Action, RowRefusal> {
        let bought = match self.text(Key::Event, row) {
            Some(word) => names::action(word).ok_or(RowRefusal::Event)?,
            None if kind == Kind::Orders => Action::Purchase,
            None => Action::View,
        };
        if bought != Action::Purchase {
            return Ok(bought);
        }
        let returned = match self.text(Key::Quantity, row) {
            None => false,
            Some(text) => {
                let count: f64 = text.parse().map_err(|_| RowRefusal::Quantity)?;
                if !count.is_finite() {
                    return Err(RowRefusal::Quantity);
                }
                if count == 0.0 {
                    return Err(RowRefusal::QuantityZero);
                }
                count < 0.0
            }
        };
        let canceled = session.is_some_and(is_cancellation);
        Ok(if returned || canceled { Action::Refund } else { Action::Purchase })
    }
}

/// Invoice numbers of a cancellation carry a `C` before their digits.
fn is_cancellation(id: &str) -> bool {
    id.strip_prefix('C')
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// Puts the rows of one visit in order: by the order column, then by time, then as they stood.
/// Times that tie or run against the order are spread one millisecond apart, so that whoever sorts
/// by time later finds the same order.
pub fn arrange(mut rows: Vec<ImportRow>) -> Vec<ImportRow> {
    rows.sort_by_key(|row| (row.order.unwrap_or(0), row.at));
    let mut earliest = None;
    for row in &mut rows {
        row.at = earliest.map_or(row.at, |at| row.at.max(at));
        earliest = Some(row.at.plus_ms(1));
    }
    rows
}

impl ImportRow {
    /// The row as an event of the main path; `message_id` names file and line.
    pub fn into_event(self, message_id: String) -> Event {
        self.into_event_with([], message_id)
    }

    /// The row and `others` that were done at once, as one event: the lines of an order are one
    /// order. Person and time are those of the row.
    pub fn into_event_with(
        self,
        others: impl IntoIterator<Item = Self>,
        message_id: String,
    ) -> Event {
        let mut items = vec![(self.action, self.item)];
        items.extend(others.into_iter().map(|row| (row.action, row.item)));
        Event {
            kind: EventKind::Items(items),
            names: Names { browser: None, customer: self.customer },
            message_id,
            times: ClientTimes { happened: Some(self.at), sent: None },
            consent: Vec::new(),
            signals: None,
        }
    }
}

#[cfg(test)]
mod tests;
