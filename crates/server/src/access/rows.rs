//! Rows as values: one line per declared field, in the order of the declaration.

use domain::date::Date;
use domain::hex;
use domain::time::Timestamp;
use personal::evidence::Lasting;
use personal::feature::{Feature, Features};
use personal::kinds::{
    ClosedSession, ConsentEvidence, CorrectedSignal, ErasureNotice, ErasureRecord, HistoryEvent,
    LearnedOrder, LearningEvent, MachineRead, MailAddress, OwnRead, PlatformRequest, Preferences,
    RequestStep, RequestWords, StaffRead, Step,
};
use personal::record::Stored as _;
use personal::signal::Signals;
use serde_json::{Value, json};

use crate::access::{instant, signal};
use crate::engine::own::{Held, OwnData};

/// The values of one row.
pub(crate) type Shown = Vec<Value>;

/// The rows of one table. A test holds that every declared table and field is here.
pub(crate) fn of(table: &str, data: &OwnData) -> Vec<Held<Shown>> {
    match table {
        name if name == HistoryEvent::DECLARATION.table => shown(&data.history, history),
        name if name == Preferences::DECLARATION.table => shown(&data.preferences, preferences),
        name if name == LearningEvent::DECLARATION.table => shown(&data.learning, learning),
        name if name == ClosedSession::DECLARATION.table => shown(&data.sessions, session),
        name if name == LearnedOrder::DECLARATION.table => shown(&data.orders, order),
        name if name == ConsentEvidence::DECLARATION.table => shown(&data.evidence, evidence),
        name if name == ErasureRecord::DECLARATION.table => shown(&data.receipts, receipt),
        name if name == StaffRead::DECLARATION.table => shown(&data.staff, staff),
        name if name == OwnRead::DECLARATION.table => shown(&data.own, own),
        name if name == CorrectedSignal::DECLARATION.table => shown(&data.corrected, corrected),
        name if name == ErasureNotice::DECLARATION.table => shown(&data.notices, notice),
        name if name == MailAddress::DECLARATION.table => shown(&data.addresses, address),
        name if name == PlatformRequest::DECLARATION.table => shown(&data.waiting, waiting),
        name if name == MachineRead::DECLARATION.table => shown(&data.machine, machine),
        name if name == RequestStep::DECLARATION.table => shown(&data.requests, step),
        name if name == RequestWords::DECLARATION.table => shown(&data.written, written),
        _ => Vec::new(),
    }
}

fn shown<T>(rows: &[Held<T>], values: fn(&T) -> Shown) -> Vec<Held<Shown>> {
    let row = |held: &Held<T>| Held {
        id: held.id,
        until: held.until,
        expires: held.expires,
        value: values(&held.value),
    };
    rows.iter().map(row).collect()
}

fn history(event: &HistoryEvent) -> Shown {
    let HistoryEvent { message, at, action, item } = event;
    vec![json!(signal(*message)), time(*at), json!(action.as_str()), json!(item.as_str())]
}

fn preferences(stated: &Preferences) -> Shown {
    vec![json!(stated.sizes), json!(stated.categories)]
}

fn learning(event: &LearningEvent) -> Shown {
    let LearningEvent { message, at, item } = event;
    vec![json!(signal(*message)), time(*at), json!(item.as_str())]
}

fn session(session: &ClosedSession) -> Shown {
    let step = |step: &Step| json!({ "signal": signal(step.message), "at": time(step.at), "item": step.item.as_str() });
    vec![session.steps.iter().map(step).collect()]
}

fn order(order: &LearnedOrder) -> Shown {
    let items: Value = order.items.iter().map(|item| json!(item.as_str())).collect();
    vec![json!(signal(order.message)), time(order.at), items]
}

fn evidence(row: &ConsentEvidence) -> Shown {
    vec![
        json!(row.version),
        json!(row.purpose.as_str()),
        json!(row.state.as_str()),
        time(row.at),
        time(row.expires),
        json!(match row.lasting {
            Lasting::Days => "days",
            Lasting::Visit => "visit",
        }),
        signals(row.signals),
        signals(row.acknowledged),
        json!(hex::encode(&row.notice)),
        json!(row.language),
        json!(row.law),
        json!(hex::encode(&row.law_digest)),
        json!(row.place),
        json!(row.how),
        json!(row.decided_by.as_str()),
        json!(row.source),
        features(row.on),
        features(row.off),
        json!(row.keep.map(|keep| match keep.days() {
            Some(days) => json!(days),
            None => json!("declared"),
        })),
    ]
}

fn features(features: Features) -> Value {
    features.iter().map(Feature::as_str).collect()
}

fn receipt(row: &ErasureRecord) -> Shown {
    let receipt = serde_json::from_str(&row.receipt).unwrap_or_else(|_| json!(row.receipt));
    vec![time(row.at), receipt]
}

fn staff(row: &StaffRead) -> Shown {
    vec![time(row.at), json!(row.role), json!(row.table), json!(row.reason)]
}

fn own(row: &OwnRead) -> Shown {
    vec![time(row.at), json!(row.why), json!(row.how), json!(row.rows)]
}

fn corrected(row: &CorrectedSignal) -> Shown {
    vec![json!(signal(row.message)), time(row.at)]
}

fn notice(row: &ErasureNotice) -> Shown {
    let moment = |at: Option<Timestamp>| at.map_or(Value::Null, time);
    vec![
        json!(hex::encode(&row.request)),
        json!(row.recipient),
        json!(row.identity),
        time(row.at),
        json!(row.tries),
        moment(row.next),
        moment(row.told),
        moment(row.answered),
        json!(row.met),
    ]
}

fn address(row: &MailAddress) -> Shown {
    vec![json!(row.customer), json!(row.address), json!(row.language), json!(row.guest)]
}

fn waiting(row: &PlatformRequest) -> Shown {
    vec![time(row.at), json!(row.platform), json!(row.reference), json!(row.customer)]
}

fn machine(row: &MachineRead) -> Shown {
    vec![json!(Date(row.day).to_string()), json!(row.purpose.as_str()), json!(row.count)]
}

fn step(row: &RequestStep) -> Shown {
    let event = serde_json::from_str(&row.event).unwrap_or_else(|_| json!(row.event));
    vec![json!(row.request), event, json!(row.receipt), json!(row.agent_request)]
}

fn written(row: &RequestWords) -> Shown {
    vec![time(row.at), json!(row.text)]
}

fn time(at: Timestamp) -> Value {
    json!(instant(at))
}

fn signals(signals: Signals) -> Value {
    signals.iter().map(|signal| json!(signal.as_str())).collect()
}
