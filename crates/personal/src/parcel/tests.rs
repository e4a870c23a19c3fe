use domain::date::day;
use domain::id::Pseudonym;
use domain::time::{Day, Timestamp};

use crate::gate::{self, Age, Facts, Law};
use crate::parcel::{Outbound, Parcel, TransferError};
use crate::permit::{ConsentVersion, Permit};
use crate::purpose::{LegalObligation, PurposeName, Support};
use crate::signal::Signals;
use crate::subject::SubjectRef;
use crate::transfer::{
    Decided, Ground, Processor, Recipient, RecipientName, Role, Standing, TransferPermit, decide,
};

const PURPOSE: PurposeName = PurposeName::LegalObligation;

fn today() -> Day {
    day(2026, 11, 22)
}

fn now() -> Timestamp {
    today().start().plus_ms(1_000)
}

fn name(text: &str) -> RecipientName {
    RecipientName::parse(text).unwrap()
}

fn recipient() -> Recipient {
    let purposes = [PURPOSE].into();
    Recipient { name: name("mailer"), role: Role::Processor, purposes, tool: None }
}

fn read_permit<P: crate::purpose::Purpose>() -> Permit<P> {
    let facts = Facts {
        subject: SubjectRef::from_bytes([1; 16]),
        pseudonym: Pseudonym::from_bytes([2; 16]),
        choices: None,
        signals: Signals::NONE,
        law: Law::STRICTEST,
        age: Age::Unknown,
    };
    gate::decide::<P>(&facts, now()).unwrap()
}

fn parcel<P: crate::purpose::Purpose>(to: &str) -> Parcel<Processor> {
    let current = (now(), ConsentVersion::default());
    Parcel::pack(&read_permit::<P>(), current, name(to), b"c-1".to_vec()).unwrap()
}

fn permit(standing: &Standing) -> TransferPermit<Processor> {
    decide(&recipient(), PURPOSE, standing, now()).unwrap()
}

#[test]
fn a_parcel_opens_for_its_recipient_its_purpose_and_a_minute() {
    let permit = permit(&Standing::Inside);
    assert_eq!((permit.recipient(), permit.purpose()), (&name("mailer"), PURPOSE));
    assert_eq!(permit.ground(), &Ground::Inside);
    let open = |to, at| parcel::<LegalObligation>(to).open(&permit, at);
    assert_eq!(open("mailer", now()), Ok(b"c-1".to_vec()));
    assert_eq!(open("mailer", now().plus_ms(59_999)), Ok(b"c-1".to_vec()));
    assert_eq!(open("mailer", now().plus_ms(60_000)), Err(TransferError::Expired));
    assert_eq!(open("mailer", now().plus_ms(-1)), Err(TransferError::Expired));
    assert_eq!(open("other", now()), Err(TransferError::WrongRecipient));
    let other = parcel::<Support>("mailer").open(&permit, now());
    assert_eq!(other, Err(TransferError::WrongRecipient));
    assert_eq!(format!("{permit:?}"), "TransferPermit<Processor>(..)");
    assert_eq!(format!("{:?}", parcel::<Support>("mailer")), "Parcel<Processor>(..)");
}

#[test]
fn a_permit_dies_with_the_decision_behind_it() {
    let standing =
        Standing::Adequate(Decided { source: "decision 1".to_owned(), until: Some(today()) });
    let late = today().plus(1).start().plus_ms(-10);
    let permit: TransferPermit<Processor> = decide(&recipient(), PURPOSE, &standing, late).unwrap();
    let current = (now(), ConsentVersion::default());
    let pack = || {
        let read = read_permit::<LegalObligation>();
        Parcel::<Processor>::pack(&read, current, name("mailer"), Vec::new()).unwrap()
    };
    assert_eq!(pack().open(&permit, late.plus_ms(9)), Ok(Vec::new()));
    assert_eq!(pack().open(&permit, late.plus_ms(10)), Err(TransferError::Expired));
}

#[test]
fn a_stale_permit_to_read_packs_nothing() {
    let read = read_permit::<LegalObligation>();
    let newer = (now(), ConsentVersion::default().next());
    assert!(Parcel::<Processor>::pack(&read, newer, name("mailer"), Vec::new()).is_err());
    let later = (now().plus_ms(60_000), ConsentVersion::default());
    assert!(Parcel::<Processor>::pack(&read, later, name("mailer"), Vec::new()).is_err());
}

/// A client as the next room has one.
struct Callback(Vec<(String, Vec<u8>)>);

impl Outbound<Processor> for Callback {
    type Answer = usize;
    type Error = TransferError;

    fn send(
        &mut self,
        permit: &TransferPermit<Processor>,
        parcel: Parcel<Processor>,
        now: Timestamp,
    ) -> Result<usize, TransferError> {
        let to = parcel.recipient().as_str().to_owned();
        self.0.push((to, parcel.open(permit, now)?));
        Ok(self.0.len())
    }
}

#[test]
fn a_client_sends_what_the_permit_lets_out() {
    let mut client = Callback(Vec::new());
    let permit = permit(&Standing::Inside);
    let sent = client.send(&permit, parcel::<LegalObligation>("mailer"), now());
    assert_eq!(sent, Ok(1));
    assert!(client.send(&permit, parcel::<LegalObligation>("other"), now()).is_err());
    assert_eq!(client.0, [("mailer".to_owned(), b"c-1".to_vec())]);
}
