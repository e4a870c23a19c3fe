//! One event as its sender tells it, in our words: parsed, not yet believed.

use domain::event::Action;
use domain::id::ItemId;
use domain::time::{DAY_MS, Timestamp};
use personal::subject::{BrowserId, CustomerId};

/// How far back a sender with the public key can date an event, in milliseconds.
pub const AGE_MS_MAX: i64 = DAY_MS;

/// What an event is about.
#[derive(Clone, PartialEq, Eq)]
pub enum EventKind {
    /// Something was done with items.
    Items(Vec<(Action, ItemId)>),
    /// The person told the shop about sizes and favorite categories.
    Preferences(Stated),
    /// Known, or at least well formed, and nothing to keep.
    Ignored(Ignored),
}

/// Sizes and categories that a person stated, with a count of what was thrown away.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Stated {
    /// The sizes the person wears.
    pub sizes: Vec<String>,
    /// The categories the person likes.
    pub categories: Vec<String>,
    /// Traits that no record declares, or that broke a limit; their values are gone.
    pub dropped: usize,
    /// An empty list was stated: the person takes back what was stated before.
    pub emptied: bool,
}

/// Why an event is well formed and still kept nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ignored {
    /// An event of the ecommerce spec that says nothing about a single item.
    Spec,
    /// A name that is not in the ecommerce spec.
    UnknownName,
    /// A call such as `group`, `alias` or `screen`.
    OtherCall,
    /// A page that is not the page of a product.
    PageWithoutProduct,
    /// A refund that names no product.
    RefundWithoutProducts,
    /// An `identify` without a declared trait.
    NoDeclaredTrait,
    /// What it would have kept was itself personal data: a mailbox in the place of an item.
    PersonalData,
}

impl Ignored {
    /// Every reason.
    pub const ALL: [Self; 7] = [
        Self::Spec,
        Self::UnknownName,
        Self::OtherCall,
        Self::PageWithoutProduct,
        Self::RefundWithoutProducts,
        Self::NoDeclaredTrait,
        Self::PersonalData,
    ];

    /// The reason as answers and metrics write it: a closed list of words.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Spec => "spec_event",
            Self::UnknownName => "unknown_event",
            Self::OtherCall => "other_call",
            Self::PageWithoutProduct => "page_without_product",
            Self::RefundWithoutProducts => "refund_without_products",
            Self::NoDeclaredTrait => "no_declared_trait",
            Self::PersonalData => "personal_data",
        }
    }
}

/// The names that an event claims. Who may claim them is for the shell to check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// `anonymousId`, when it has the form of a browser id that we issued.
    pub browser: Option<BrowserId>,
    /// `userId`.
    pub customer: Option<CustomerId>,
}

/// What the sender's clock said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClientTimes {
    /// When it happened.
    pub happened: Option<Timestamp>,
    /// When it was sent; tells how wrong the sender's clock is.
    pub sent: Option<Timestamp>,
}

impl ClientTimes {
    /// The event's time on our clock: `received - (sent - happened)`, never after `received`, and
    /// at most [`AGE_MS_MAX`] before it unless the sender is trusted.
    pub fn settle(self, received: Timestamp, trusted: bool) -> Timestamp {
        let Some(happened) = self.happened else { return received };
        let age_ms = self.sent.unwrap_or(received).ms_since(happened).max(0);
        let age_ms = if trusted { age_ms } else { age_ms.min(AGE_MS_MAX) };
        received.plus_ms(-age_ms)
    }
}

/// `context.signals` as it stands: JSON text that the room of consent reads. Prints nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct SignalsText(String);

impl SignalsText {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One event as its sender tells it. Its `Debug` prints no value.
#[derive(Clone, PartialEq, Eq)]
pub struct Event {
    pub(crate) kind: EventKind,
    pub(crate) names: Names,
    pub(crate) message_id: String,
    pub(crate) times: ClientTimes,
    pub(crate) consent: Vec<(String, bool)>,
    pub(crate) signals: Option<SignalsText>,
}

impl Event {
    /// What it is about.
    pub const fn kind(&self) -> &EventKind {
        &self.kind
    }

    /// Takes out every free text that `is_personal` answers yes to: ids of items, sizes and
    /// categories that a person stated. The rest of the properties was never read.
    ///
    /// # Privacy
    /// What was taken out reaches no table and no log (GDPR Art. 5(1)(c)). When nothing is left,
    /// the event is [`Ignored::PersonalData`].
    #[must_use]
    pub fn withhold(mut self, mut is_personal: impl FnMut(&str) -> bool) -> Self {
        let emptied = match &mut self.kind {
            EventKind::Items(items) => {
                let some = !items.is_empty();
                items.retain(|(_, item)| !is_personal(item.as_str()));
                some && items.is_empty()
            }
            EventKind::Preferences(stated) => {
                let before = stated.sizes.len() + stated.categories.len();
                stated.sizes.retain(|size| !is_personal(size));
                stated.categories.retain(|category| !is_personal(category));
                let left = stated.sizes.len() + stated.categories.len();
                stated.dropped += before - left;
                before > 0 && left == 0
            }
            EventKind::Ignored(_) => false,
        };
        if emptied {
            self.kind = EventKind::Ignored(Ignored::PersonalData);
        }
        self
    }

    /// Whom it claims to be about.
    pub const fn names(&self) -> &Names {
        &self.names
    }

    /// The sender's identity of the message; repeats carry the same one.
    pub fn message_id(&self) -> &str {
        &self.message_id
    }

    /// What the sender's clock said.
    pub const fn times(&self) -> ClientTimes {
        self.times
    }

    /// What a consent tool said per category; empty when none spoke.
    pub fn consent(&self) -> &[(String, bool)] {
        &self.consent
    }

    /// What the browser and its consent tools said, unread.
    pub const fn signals(&self) -> Option<&SignalsText> {
        self.signals.as_ref()
    }
}

/// Prints a name only.
macro_rules! silent {
    ($($name:ident),+) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        })+
    };
}
silent!(Event, SignalsText, EventKind, Stated);

#[cfg(test)]
mod tests;
