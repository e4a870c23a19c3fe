//! Every kind of personal data that Confidant can hold.
//!
//! The order of fields is the stored layout: a change needs a new `schema` number and a frozen
//! copy of the old struct.

use domain::event::Action;
use domain::id::ItemId;
use domain::time::{Day, Timestamp};
use serde::{Deserialize, Serialize};

use crate::evidence::{self, DecidedBy, Lasting, RecordState};
use crate::feature::Features;
use crate::keeping::Keep;
use crate::purpose::PurposeName;
use crate::record;
use crate::record::Declaration;
use crate::record::Stored;
use crate::signal::Signals;

/// How long browsing history is kept, in days.
pub const BROWSING_KEEP_DAYS: u32 = 90;
/// How long an order teaches, in days: buying cycles are longer than visits are, and many goods
/// are bought once a year at the same season, so thirteen months hold each cycle once.
pub const ORDERS_KEEP_DAYS: u32 = 395;
/// How long evidence of consent and of requests is kept, in days: three years of limitation and
/// the year in which it began.
pub const PROOF_KEEP_DAYS: u32 = 1_460;

record! {
    /// One thing that a person did in the shop, kept to serve that person.
    pub struct HistoryEvent: Personalization, table "history_event", schema 1 {
        category: PseudonymousBrowsing,
        keep_days_max: BROWSING_KEEP_DAYS,
        on_erasure: Delete,
        /// a keyed number of the message, to notice repeats
        message: u64,
        /// when it happened
        at: Timestamp,
        /// what was done
        action: Action,
        /// the item it was done with
        item: ItemId,
    }
}

record! {
    /// One thing that a person did in a visit that is still open, kept to teach the models.
    pub struct LearningEvent: SharedLearning, table "learning_event", schema 1 {
        category: PseudonymousBrowsing,
        keep_days_max: 2,
        on_erasure: Delete,
        /// a keyed number of the message, to notice repeats
        message: u64,
        /// when it happened
        at: Timestamp,
        /// the item it was done with
        item: ItemId,
    }
}

/// One step of a closed session.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Step {
    /// When it happened.
    pub at: Timestamp,
    /// A keyed number of the message; the second half of the order.
    pub message: u64,
    /// The item.
    pub item: ItemId,
}

record! {
    /// One closed visit, as the shared models learned it.
    pub struct ClosedSession: SharedLearning, table "closed_session", schema 1 {
        category: PseudonymousBrowsing,
        keep_days_max: BROWSING_KEEP_DAYS,
        on_erasure: Delete,
        /// the steps of the visit in the order of their time
        steps: Vec<Step>,
    }
}

record! {
    /// One completed order, as the shared models learned it.
    pub struct LearnedOrder: SharedLearning, table "learned_order", schema 1 {
        category: PseudonymousBrowsing,
        keep_days_max: ORDERS_KEEP_DAYS,
        on_erasure: Delete,
        /// a keyed number of the message, to notice repeats
        message: u64,
        /// when it was placed
        at: Timestamp,
        /// the items, each once, in the order of their ids
        items: Vec<ItemId>,
    }
}

record! {
    /// What a person told the shop about sizes and favorite categories.
    pub struct Preferences: Personalization, table "preferences", schema 1 {
        category: StatedPreferences,
        keep_days_max: 395,
        on_erasure: Delete,
        /// the sizes the person wears
        sizes: Vec<String>,
        /// the categories the person likes
        categories: Vec<String>,
    }
}

record! {
    /// One step in the life of a choice about one purpose, with what was shown when it was made.
    pub struct ConsentEvidence: LegalProof, table "consent_evidence", schema 4 {
        category: ConsentRecord,
        keep_days_max: PROOF_KEEP_DAYS,
        on_erasure: Keep { basis: "GDPR Art. 7(1) and 17(3)(e)", days: PROOF_KEEP_DAYS },
        older: 3 => evidence::decode_v3,
        older: 2 => evidence::decode_v2,
        older: 1 => evidence::decode_v1,
        /// how many changes there were before
        version: u64,
        /// the purpose
        purpose: PurposeName,
        /// what happened to the choice
        state: RecordState,
        /// when
        at: Timestamp,
        /// when the choice ends by itself
        expires: Timestamp,
        /// whether it ends with the visit
        lasting: Lasting,
        /// the opt-out signals that were present
        signals: Signals,
        /// the opt-out signals that the person was told of and outranked
        acknowledged: Signals,
        /// SHA-256 of the notice that was shown; empty when none was
        notice: Vec<u8>,
        /// the language of the notice
        language: String,
        /// the law pack that was applied
        law: String,
        /// SHA-256 of that law pack; empty in rows from before it was recorded
        law_digest: Vec<u8>,
        /// where the person was said to be (ISO 3166); empty when nobody said
        place: String,
        /// how it was expressed
        how: String,
        /// who decided
        decided_by: DecidedBy,
        /// where it was said when not here, or the text of an asserted basis
        source: String,
        /// the features that a yes covers, or that were switched on
        on: Features,
        /// the features that are switched off
        off: Features,
        /// how long data of the purpose may be kept, where that was chosen
        keep: Option<Keep>,
    }
}

record! {
    /// One request of a person for erasure, and its receipt.
    pub struct ErasureRecord: LegalProof, table "erasure_record", schema 1 {
        category: RightsRecord,
        keep_days_max: PROOF_KEEP_DAYS,
        on_erasure: Keep { basis: "GDPR Art. 5(2) and 17(3)(e)", days: PROOF_KEEP_DAYS },
        /// when it was asked for
        at: Timestamp,
        /// the signed receipt
        receipt: String,
    }
}

record! {
    /// One look of a staff member at a person's row.
    pub struct StaffRead: LegalProof, table "staff_read", schema 1 {
        category: AccessLog,
        keep_days_max: PROOF_KEEP_DAYS,
        on_erasure: Keep { basis: "GDPR Art. 5(2) and 15(1)(c)", days: PROOF_KEEP_DAYS },
        /// when
        at: Timestamp,
        /// the role of the staff member
        role: String,
        /// the table that was looked at
        table: String,
        /// the reason that was given
        reason: String,
    }
}

record! {
    /// One time that a person looked at, downloaded or corrected what is held about them.
    pub struct OwnRead: LegalProof, table "own_read", schema 1 {
        category: AccessLog,
        keep_days_max: PROOF_KEEP_DAYS,
        on_erasure: Keep { basis: "GDPR Art. 5(2) and 12(3)", days: PROOF_KEEP_DAYS },
        /// when
        at: Timestamp,
        /// what was asked for
        why: String,
        /// how it was made sure who asks
        how: String,
        /// how many rows were opened
        rows: u64,
    }
}

record! {
    /// A mark that keeps one message out that the person corrected, should it be sent again.
    pub struct CorrectedSignal: LegalProof, table "corrected_signal", schema 1 {
        category: RightsRecord,
        keep_days_max: ORDERS_KEEP_DAYS,
        on_erasure: Delete,
        /// a keyed number of the message
        message: u64,
        /// when it was corrected
        at: Timestamp,
    }
}

record! {
    /// One recipient that has to be told, or was told, that the person was erased.
    pub struct ErasureNotice: LegalProof, table "erasure_notice", schema 1 {
        category: RightsRecord,
        keep_days_max: PROOF_KEEP_DAYS,
        on_erasure: Keep { basis: "GDPR Art. 17(2), 19 and 5(2)", days: PROOF_KEEP_DAYS },
        /// the random name of the erasure
        request: Vec<u8>,
        /// the recipient, by its name in the settings
        recipient: String,
        /// the person as the recipient knows them; empty once it has answered
        identity: String,
        /// when the erasure was asked for
        at: Timestamp,
        /// how often the recipient was called
        tries: u32,
        /// when it is called next; nothing once it has answered
        next: Option<Timestamp>,
        /// when it took the message
        told: Option<Timestamp>,
        /// when it said that everything is erased there
        answered: Option<Timestamp>,
        /// what the last call met, in a word
        met: String,
    }
}

record! {
    /// Where mail reaches a customer, for links into the privacy center and for notices of what was done there.
    pub struct MailAddress: LegalObligation, table "mail_address", schema 1 {
        category: ContactDetails,
        keep_days_max: 395,
        on_erasure: Delete,
        /// the shop's name for the customer, so that a link leads to the right data
        customer: String,
        /// the address that the shop reported
        address: String,
        /// the language of the mails
        language: String,
        /// whether there is no account to log in to
        guest: bool,
    }
}

record! {
    /// A request that the shop's platform sent for a customer and that waits to be picked up.
    pub struct PlatformRequest: LegalObligation, table "platform_request", schema 1 {
        category: RightsRecord,
        keep_days_max: 60,
        on_erasure: Delete,
        /// when it came
        at: Timestamp,
        /// the platform
        platform: String,
        /// the platform's number of the request
        reference: String,
        /// the shop's name for the customer, whose data is to be picked up
        customer: String,
    }
}

record! {
    /// How often programs of the shop opened something that is held about a person, on one day.
    pub struct MachineRead: LegalProof, table "machine_read", schema 1 {
        category: AccessLog,
        keep_days_max: ORDERS_KEEP_DAYS,
        on_erasure: Delete,
        /// the day
        day: Day,
        /// the purpose that it was opened for
        purpose: PurposeName,
        /// how often
        count: u64,
    }
}

record! {
    /// One step in the life of a request about data, such as a restriction or an objection.
    pub struct RequestStep: LegalProof, table "request_step", schema 1 {
        category: RightsRecord,
        keep_days_max: PROOF_KEEP_DAYS,
        on_erasure: Keep { basis: "GDPR Art. 5(2) and 17(3)(e)", days: PROOF_KEEP_DAYS },
        /// the random name of the request
        request: String,
        /// what happened, without a name and without words of the person
        event: String,
        /// the random name of the receipt, where something was erased
        receipt: String,
        /// how an authorized agent calls the request
        agent_request: String,
    }
}

record! {
    /// What a person wrote in a request, for those who decide it.
    pub struct RequestWords: LegalProof, table "request_words", schema 1 {
        category: RightsRecord,
        keep_days_max: ORDERS_KEEP_DAYS,
        on_erasure: Delete,
        /// when
        at: Timestamp,
        /// the words
        text: String,
    }
}

/// The newest steps of one person's history, oldest first: the view that answers are made from.
///
/// Lives in memory only and is computed from [`HistoryEvent`]; hence no declaration of its own.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RecentItems {
    /// The steps in the order of their time, whatever the order in which they came in.
    pub steps: Vec<Step>,
    /// The newest purchases in the order of their time.
    pub purchases: Vec<Step>,
    /// The categories the person likes.
    pub categories: Vec<String>,
}

impl std::fmt::Debug for RecentItems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecentItems(..)")
    }
}

/// Every table, in the order of the inventory. Storage, sweep, erasure and notices read this.
pub const DECLARATIONS: [Declaration; 16] = [
    HistoryEvent::DECLARATION,
    Preferences::DECLARATION,
    LearningEvent::DECLARATION,
    ClosedSession::DECLARATION,
    LearnedOrder::DECLARATION,
    ConsentEvidence::DECLARATION,
    ErasureRecord::DECLARATION,
    StaffRead::DECLARATION,
    OwnRead::DECLARATION,
    CorrectedSignal::DECLARATION,
    ErasureNotice::DECLARATION,
    MailAddress::DECLARATION,
    PlatformRequest::DECLARATION,
    MachineRead::DECLARATION,
    RequestStep::DECLARATION,
    RequestWords::DECLARATION,
];
