//! Requests of people as the API, the staff and the privacy center show them.
//!
//! [`shown`] computes everything from the case, the law that counted on the day, and now; nothing
//! of it is stored.

use std::collections::BTreeSet;

use consent::law::rules::Deadline;
use consent::law::{self, LawPack};
use domain::date::Date;
use domain::time::Timestamp;
use personal::purpose::PurposeName;
use rights::clock::period::{Calendar, LastDay, Length};
use rights::clock::{Alarms, Dial, Level, Rules, Waiting, read};
use rights::proof::Strength;
use rights::request::Case;
use rights::request::act::{Review, Step};
use rights::request::denial::{Denial, REMEDIES};
use rights::request::kind::{About, Kind};
use rights::request::lift::Lift;
use rights::request::names::Asker;
use rights::request::state::{End, WaitFor};
use rights::request::work::{Desk, Work, next};
use serde::Serialize;
use utoipa::ToSchema;

use crate::engine::Engine;
use crate::engine::requests::Filed;
use crate::engine::requests::doing::{ASK_DAYS, reached, stays};
use crate::shared::Shared;

/// The platform that gives a time of its own.
pub const SHOPIFY: &str = "shopify";
/// The desk of restrictions whose end the person does not know of yet.
const TELL: &str = "tell";
/// How long Shopify gives for an answer.
const SHOPIFY_ANSWER: Length = Length::Days(30);

/// The clock of a law, from its pack.
pub fn rules_of(pack: &LawPack) -> Rules {
    let length = |deadline| {
        let rule = pack.deadline(deadline)?;
        Length::parse(&rule.value.to_string()).ok()
    };
    let strictest = Rules::STRICTEST;
    Rules {
        confirm: length(Deadline::Confirm).or(strictest.confirm),
        answer: length(Deadline::Answer).unwrap_or(strictest.answer),
        extension: length(Deadline::Extension),
        opt_out: length(Deadline::OptOut).unwrap_or(strictest.opt_out),
        waiting: if pack.waits_stop() { Waiting::Stops } else { Waiting::Runs },
        last_day: match pack.ends_on_working_day() {
            true => LastDay::NextBusinessDay,
            false => LastDay::AsItFalls,
        },
    }
}

/// The clock of a request: the law that counted on the day, weekends, and the holidays of the
/// settings. A holiday that nobody told of makes a deadline earlier, never later.
pub fn clock_of(shared: &Shared, case: &Case) -> (Rules, Calendar) {
    let laws = &shared.effect().laws;
    let pack = laws.named(&case.asked.law).unwrap_or_else(law::strictest);
    let mut rules = rules_of(pack);
    let calendar = shared.settings.requests.holidays.calendar().clone();
    if let Asker::Platform(platform) = &case.asked.asker
        && platform.as_str() == SHOPIFY
    {
        let received = case.received.day();
        let (law, own) = (rules.answer.after(received, &calendar), SHOPIFY_ANSWER);
        if own.after(received, &calendar) < law {
            rules.answer = own;
        }
        // Its time is its own and knows no later one.
        rules.extension = None;
    }
    (rules, calendar)
}

/// Whether a deadline that counts working days lies behind the end of the list of holidays.
pub fn outlives_holidays(shared: &Shared, case: &Case, now: Timestamp) -> bool {
    let holidays = &shared.settings.requests.holidays;
    let (rules, calendar) = clock_of(shared, case);
    let counts = |length: Length| matches!(length, Length::BusinessDays(_));
    let uses = rules.last_day == LastDay::NextBusinessDay
        || counts(rules.answer)
        || (case.is_absolute() && counts(rules.opt_out))
        || rules.confirm.is_some_and(counts);
    let dial = read(case, &rules, &calendar, Alarms::DEFAULT, now.day());
    case.end.is_none() && uses && !holidays.cover(dial.answer.due)
}

/// What the clock shows today.
pub fn dial(shared: &Shared, case: &Case, now: Timestamp) -> Dial {
    let (rules, calendar) = clock_of(shared, case);
    read(case, &rules, &calendar, Alarms::DEFAULT, now.day())
}

/// A request as whoever knows its random name sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RequestBody {
    /// Its random name.
    pub id: String,
    /// What was asked for.
    pub kind: &'static str,
    /// What it is about: `everything`, `categories`, a purpose, or `one:` and a number.
    pub about: String,
    /// Who asked: `person`, `parent`, `agent`, `shop` or `platform`.
    pub asker: &'static str,
    /// Where it stands.
    pub state: &'static str,
    /// The law pack that counted on the day.
    pub law: String,
    /// The articles that give the right.
    pub source: &'static str,
    /// When it arrived, in milliseconds since 1970.
    pub received_ms: i64,
    /// The last day of the answer, while there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// How urgent it is: `calm`, `remind`, `escalate`, `overdue`, `stopped` or `done`.
    pub level: &'static str,
    /// Why the answer takes longer, where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extended: Option<&'static str>,
    /// What it waits for the person for: `identity` or `clarification`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<&'static str>,
    /// Until when it waits, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_until_ms: Option<i64>,
    /// When it ended, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_ms: Option<i64>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub denied: Option<DenialBody>,
    /// How the review of a decision ended: `stands` or `changed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<&'static str>,
    /// What stays although it was carried out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stays: Vec<StaysBody>,
    /// The receipts of what was erased: `GET /v1/erasures/{id}` gives each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub receipts: Vec<String>,
    /// Where the results are: ask there with the same proof.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub results: Option<&'static str>,
    /// Until when, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub results_until_ms: Option<i64>,
    /// The purposes that rest now because of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resting: Vec<&'static str>,
    /// The request in which this one goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<String>,
    /// Why and when the shop ends the restriction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lift: Option<LiftBody>,
    /// When the restriction ended, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifted_ms: Option<i64>,
}

/// The end of a restriction that the shop decided on (GDPR Art. 18(3)).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LiftBody {
    /// The reason: `accuracy_verified`, `use_lawful`, `claim_ended` or `objection_decided`.
    pub why: &'static str,
    /// What the person is told.
    pub text: &'static str,
    /// How the person was told: `mail`, `page` or `staff`; until then nothing ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told: Option<&'static str>,
    /// The day on which it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
}

/// Why a request was refused.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct DenialBody {
    /// The reason.
    pub reason: &'static str,
    /// What the person is told.
    pub text: &'static str,
    /// The articles that allow it.
    pub source: &'static str,
    /// Where the person can go with it.
    pub remedies: &'static str,
}

/// Something that stays.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StaysBody {
    /// What.
    pub what: String,
    /// Why.
    pub why: &'static str,
    /// The article that allows it.
    pub basis: String,
    /// The first day without it; a hold has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// A request as staff see it in the queue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QueuedBody {
    /// The request.
    pub request: RequestBody,
    /// On which desk it lies: `approve`, `review`, `weigh`, `held`, `hand_over` (a copy that a
    /// platform asked for) or `tell` (the person has to hear that a restriction ends); missing when
    /// it is nobody's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desk: Option<&'static str>,
    /// What was proven: `nothing`, `linked` or `fresh`.
    pub proven: &'static str,
    /// The last day on which the person can be told that it takes longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extend_by: Option<String>,
    /// The step that waits for a second member of staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposed: Option<ProposedBody>,
    /// The holds that keep everything, by number.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<HoldBody>,
    /// Who decided what had to be weighed: who proposed and who approved.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub decided_by: Vec<String>,
    /// How often the same was asked again.
    pub asked_again: u32,
    /// The platform that asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Where the shop's server picks the copy up: `POST /v1/platforms/requests/{id}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pick_up: Option<String>,
}

/// A proposed step.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProposedBody {
    /// The step in words.
    pub step: String,
    /// Who proposed it.
    pub by: String,
}

/// A hold.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct HoldBody {
    /// Its number.
    pub hold: u32,
    /// The article that allows it.
    pub source: &'static str,
}

/// A request as it stands now.
pub fn shown(engine: &Engine, filed: &Filed, now: Timestamp) -> RequestBody {
    let case = &filed.case;
    let dial = dial(&engine.shared, case, now);
    let waiting = case.waiting();
    let end = case.end.map(|(end, _)| end);
    let results_until = match end {
        Some(End::Fulfilled { results_until }) => results_until.filter(|until| *until > now),
        _ => None,
    };
    RequestBody {
        id: case.asked.id.to_hex(),
        kind: case.asked.kind.as_str(),
        about: case.asked.about.to_string(),
        asker: asker(&case.asked.asker),
        state: case.state().as_str(),
        law: case.asked.law.clone(),
        source: case.asked.kind.source(),
        received_ms: case.received.ms(),
        due: case.end.is_none().then(|| Date(dial.answer.due).to_string()),
        level: dial.level.as_str(),
        extended: case.extended.map(|(why, _)| why.sentence()),
        waits_for: waiting.map(|wait| match wait.what {
            WaitFor::Identity(_) => "identity",
            WaitFor::Clarification => "clarification",
        }),
        waits_until_ms: waiting.map(|wait| wait.until.ms()),
        ended_ms: case.end.map(|(_, at)| at.ms()),
        denied: match end {
            Some(End::Denied(denial)) => Some(denied(denial)),
            _ => None,
        },
        review: match end {
            Some(End::Decided(Review::Stands)) => Some("stands"),
            Some(End::Decided(Review::Changed)) => Some("changed"),
            _ => None,
        },
        stays: case.rests.iter().map(stays_body).collect(),
        receipts: filed.receipts.iter().map(|id| id.to_hex()).collect(),
        results: results_until.map(|_| "/v1/access"),
        results_until_ms: results_until.map(Timestamp::ms),
        resting: resting(engine, filed).into_iter().map(PurposeName::as_str).collect(),
        merged_into: match end {
            Some(End::Merged(into)) => Some(into.to_hex()),
            _ => None,
        },
        lift: case.lifting().filter(|lift| lift.approved_by.is_some()).map(lift_body),
        lifted_ms: case.lifted.map(Timestamp::ms),
    }
}

fn lift_body(lift: &Lift) -> LiftBody {
    LiftBody {
        why: lift.why.as_str(),
        text: lift.why.sentence(),
        told: lift.told.map(|(how, _)| how.as_str()),
        on: lift.told.map(|(_, on)| Date(on).to_string()),
    }
}

/// The purposes that rest because of a request: a restriction that was carried out and not lifted,
/// or an objection that waits for its decision.
pub fn resting(engine: &Engine, filed: &Filed) -> BTreeSet<PurposeName> {
    let case = &filed.case;
    if !case.is_in_force() && !case.restricts() {
        return BTreeSet::new();
    }
    let people = engine.shared.people.read();
    let Some(person) = people.get(&filed.subject) else { return BTreeSet::new() };
    let mut about = reached(case.asked.about);
    about.retain(|purpose| person.choices.restricts(*purpose));
    about
}

/// A request as staff see it in the queue.
pub fn queued(engine: &Engine, filed: &Filed, now: Timestamp) -> QueuedBody {
    let case = &filed.case;
    let dial = dial(&engine.shared, case, now);
    let work = next(case, now, ASK_DAYS);
    let lifting = case.lifting();
    let desk = match (work, lifting) {
        (Work::Staff(desk), _) => Some(desk.as_str()),
        (_, Some(lift)) if lift.approved_by.is_none() => Some(Desk::Approve.as_str()),
        (_, Some(lift)) if lift.is_to_tell() => Some(TELL),
        _ => None,
    };
    let decided = case.decided_by.as_ref();
    QueuedBody {
        request: shown(engine, filed, now),
        desk,
        proven: match case.proven {
            Strength::Nothing => "nothing",
            Strength::Linked => "linked",
            Strength::Fresh => "fresh",
        },
        extend_by: dial.extend_by.map(|day| Date(day).to_string()),
        proposed: proposed(case),
        holds: case
            .holds
            .iter()
            .map(|(hold, basis)| HoldBody { hold: *hold, source: basis.source() })
            .collect(),
        decided_by: decided
            .map(|(a, b)| vec![a.as_str().to_owned(), b.as_str().to_owned()])
            .unwrap_or_default(),
        asked_again: case.asked_again,
        platform: match &case.asked.asker {
            Asker::Platform(platform) => Some(platform.as_str().to_owned()),
            Asker::Person | Asker::Parent | Asker::Agent(_) | Asker::Shop => None,
        },
        pick_up: match (&case.asked.asker, case.end) {
            (Asker::Platform(_), None) => filed.agent_request.clone(),
            _ => None,
        },
    }
}

fn proposed(case: &Case) -> Option<ProposedBody> {
    if let Some((step, by)) = &case.proposal {
        return Some(ProposedBody { step: in_words(*step), by: by.as_str().to_owned() });
    }
    let lift = case.lifting().filter(|lift| lift.approved_by.is_none())?;
    let step = format!("end the restriction: {}", lift.why.as_str());
    Some(ProposedBody { step, by: lift.proposed_by.as_str().to_owned() })
}

/// What would stay if it were carried out today.
pub fn would_stay(filed: &Filed, now: Timestamp) -> Vec<StaysBody> {
    stays(filed, now).iter().map(stays_body).collect()
}

/// The order of the queue: what is late first, then what is due first.
pub fn urgency(shared: &Shared, filed: &Filed, now: Timestamp) -> (std::cmp::Reverse<Level>, u32) {
    let dial = dial(shared, &filed.case, now);
    (std::cmp::Reverse(dial.level), dial.answer.due.number())
}

fn stays_body(rest: &rights::request::act::Rest) -> StaysBody {
    StaysBody {
        what: rest.what.clone(),
        why: rest.why.sentence(),
        basis: rest.basis.clone(),
        until: rest.until.map(|until| until.to_string()),
    }
}

fn denied(denial: Denial) -> DenialBody {
    DenialBody {
        reason: denial.as_str(),
        text: denial.sentence(),
        source: denial.source(),
        remedies: REMEDIES,
    }
}

/// A step in words.
fn in_words(step: Step) -> String {
    match step {
        Step::Deny(denial) => format!("refuse: {}", denial.as_str()),
        Step::Decide(Review::Stands) => "the decision stands".to_owned(),
        Step::Decide(Review::Changed) => "the decision is changed".to_owned(),
        Step::PlaceHold { hold, basis } => format!("place hold {hold} ({})", basis.source()),
        Step::LiftHold { hold } => format!("lift hold {hold}"),
    }
}

const fn asker(asker: &Asker) -> &'static str {
    match asker {
        Asker::Person => "person",
        Asker::Parent => "parent",
        Asker::Agent(_) => "agent",
        Asker::Shop => "shop",
        Asker::Platform(_) => "platform",
    }
}

/// Whether a person of the shop reads what the person wrote: where somebody decides.
pub fn is_read(kind: Kind, about: About) -> bool {
    let is_weighed = !rights::request::kind::is_absolute(kind, about);
    kind == Kind::HumanReview || (kind == Kind::Objection && is_weighed)
}

#[cfg(test)]
mod tests;
