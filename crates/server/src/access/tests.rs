//! No table and no field can be held that the package does not show.

use domain::event::Action;
use domain::id::{ItemId, RowId};
use domain::time::{Day, Timestamp};
use personal::evidence::{DecidedBy, Lasting, RecordState};
use personal::feature::Features;
use personal::kinds::{
    ClosedSession, ConsentEvidence, CorrectedSignal, DECLARATIONS, ErasureNotice, ErasureRecord,
    HistoryEvent, LearnedOrder, LearningEvent, MachineRead, MailAddress, OwnRead, PlatformRequest,
    Preferences, RequestStep, RequestWords, StaffRead,
};
use personal::purpose::PurposeName;
use personal::signal::Signals;

use super::rows;
use crate::engine::own::{Held, OwnData};

fn held<T>(value: T) -> Vec<Held<T>> {
    vec![Held {
        id: RowId::from_bytes([0; 16]),
        until: Day::from_number(1),
        expires: Day::from_number(1),
        value,
    }]
}

fn evidence(at: Timestamp) -> ConsentEvidence {
    ConsentEvidence {
        version: 1,
        purpose: PurposeName::Personalization,
        state: RecordState::Given,
        at,
        expires: at,
        lasting: Lasting::Days,
        signals: Signals::NONE,
        acknowledged: Signals::NONE,
        notice: vec![],
        language: String::new(),
        law: String::new(),
        law_digest: vec![],
        place: String::new(),
        how: String::new(),
        decided_by: DecidedBy::Person,
        source: String::new(),
        on: Features::FIRST,
        off: Features::NONE,
        keep: None,
    }
}

fn one_of_each() -> OwnData {
    let (message, at) = (7, Timestamp::from_ms(0));
    let item = ItemId::parse("bread").unwrap();
    let text = String::new;
    OwnData {
        history: held(HistoryEvent { message, at, action: Action::View, item: item.clone() }),
        preferences: held(Preferences { sizes: vec![], categories: vec![] }),
        learning: held(LearningEvent { message, at, item: item.clone() }),
        sessions: held(ClosedSession { steps: vec![] }),
        orders: held(LearnedOrder { message, at, items: vec![item] }),
        evidence: held(evidence(at)),
        receipts: held(ErasureRecord { at, receipt: text() }),
        staff: held(StaffRead { at, role: text(), table: text(), reason: text() }),
        own: held(OwnRead { at, why: text(), how: text(), rows: 0 }),
        corrected: held(CorrectedSignal { message, at }),
        notices: held(ErasureNotice {
            request: vec![1; 16],
            recipient: text(),
            identity: text(),
            at,
            tries: 1,
            next: Some(at),
            told: None,
            answered: None,
            met: text(),
        }),
        addresses: held(MailAddress {
            customer: text(),
            address: text(),
            language: text(),
            guest: true,
        }),
        waiting: held(PlatformRequest {
            at,
            platform: text(),
            reference: text(),
            customer: text(),
        }),
        machine: held(MachineRead {
            day: at.day(),
            purpose: PurposeName::Personalization,
            count: 1,
        }),
        requests: held(RequestStep {
            request: text(),
            event: text(),
            receipt: text(),
            agent_request: text(),
        }),
        written: held(RequestWords { at, text: text() }),
        ..OwnData::default()
    }
}

#[test]
fn every_declared_table_and_field_is_shown() {
    let data = one_of_each();
    for declaration in DECLARATIONS {
        let rows = rows::of(declaration.table, &data);
        let [row] = rows.as_slice() else { panic!("{} is not shown", declaration.table) };
        assert_eq!(row.value.len(), declaration.fields.len(), "{}", declaration.table);
    }
    assert!(rows::of("no_such_table", &data).is_empty());
}
