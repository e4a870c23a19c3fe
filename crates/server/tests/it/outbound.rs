//! Calls to other servers: whom they believe, where they go, what they read, what they refuse.

use domain::date::day;
use domain::id::Pseudonym;
use domain::time::Timestamp;
use personal::gate::{self, Age, Facts, Law};
use personal::parcel::{Outbound as _, Parcel, TransferError};
use personal::permit::ConsentVersion;
use personal::purpose::{PurposeName, Support};
use personal::signal::Signals;
use personal::subject::SubjectRef;
use personal::transfer::{
    Processor, Recipient, RecipientName, Role, Standing, TransferPermit, decide,
};
use server::outbound::address::Address;
use server::outbound::{Carrier, Client, OutboundError};
use server::settings::outbound::OutboundSettings;

use crate::other::Other;

#[track_caller]
fn check_refused(settings: &OutboundSettings, to: &Address, expected: &str) {
    let client = Client::new(settings).unwrap();
    let refused = client.post(to, &[], b"{}").unwrap_err();
    let word = format!("{refused:?}");
    assert!(word.starts_with(expected), "{word}, expected {expected}");
    assert!(!refused.to_string().contains("localhost"), "no error says where it went");
}

#[test]
fn a_call_arrives_and_its_answer_is_read() {
    let other = Other::start();
    other.says([(201, vec![("x-said", "yes".to_owned())], b"done".to_vec())]);
    let client = Client::new(&other.settings()).unwrap();
    let headers = [("content-type", "application/json".to_owned())];
    let answer = client.post(&other.at("/a?b=1"), &headers, b"{\"a\":1}").unwrap();
    assert_eq!((answer.status, answer.is_success()), (201, true));
    assert_eq!((answer.header("x-said"), answer.body.as_slice()), (Some("yes"), &b"done"[..]));
    client.get(&other.at("/key"), &[]).unwrap();
    let asked = other.asked();
    assert_eq!((asked[0].method.as_str(), asked[0].path.as_str()), ("POST", "/a"));
    assert_eq!(
        (asked[0].header("content-type"), asked[0].header("user-agent")),
        ("application/json", "confidant")
    );
    assert_eq!(asked[0].body, b"{\"a\":1}");
    assert_eq!((asked[1].method.as_str(), asked[1].path.as_str()), ("GET", "/key"));
}

#[test]
fn nobody_is_called_whom_the_settings_do_not_open() {
    let other = Other::start();
    let ca_file = Some(other.ca_file());
    let shut = OutboundSettings { ca_file, ..OutboundSettings::default() };
    let by_number = format!("https://127.0.0.1:{}/", other.address.port());
    check_refused(&shut, &other.at("/"), "Forbidden");
    check_refused(&shut, &Address::parse(&by_number, &shut).unwrap(), "Forbidden");
    let private = OutboundSettings { private: true, ..shut };
    check_refused(&private, &other.at("/"), "Forbidden");
    // Without TLS only this machine, even when an address was read under settings that allow it.
    let open = Address::parse("http://1.1.1.1/", &other.settings()).unwrap();
    check_refused(&other.settings(), &open, "Forbidden");
    assert!(other.asked().is_empty());
}

#[test]
fn nobody_is_believed_without_a_certificate_of_the_authorities() {
    let (other, stranger) = (Other::start(), Other::start());
    check_refused(&stranger.settings(), &other.at("/"), "Untrusted");
    assert!(other.asked().is_empty());
    let none = OutboundSettings { ca_file: Some("/nowhere".into()), ..other.settings() };
    assert!(matches!(Client::new(&none), Err(OutboundError::Authorities(_))));
}

#[test]
fn answers_have_a_limit_and_nobody_is_sent_on() {
    let (other, third) = (Other::start(), Other::start());
    let settings = OutboundSettings { answer_bytes_max: 100, ..other.settings() };
    other.says([(200, vec![], vec![b'a'; 101])]);
    check_refused(&settings, &other.at("/"), "TooLong");
    other.says([(200, vec![], vec![b'a'; 100])]);
    let client = Client::new(&settings).unwrap();
    assert_eq!(client.get(&other.at("/"), &[]).unwrap().body.len(), 100);
    for status in [301, 302, 307, 308] {
        other.says([(status, vec![("location", third.url("/"))], vec![])]);
        let answer = client.post(&other.at("/"), &[], b"{}").unwrap();
        assert_eq!((answer.status, answer.is_success()), (status, false));
    }
    assert!(third.asked().is_empty());
}

#[test]
fn a_server_that_says_nothing_is_left() {
    let deaf = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let other = Other::start();
    let settings = OutboundSettings { call_ms_max: 200, ..other.settings() };
    let to = format!("https://localhost:{}/", deaf.local_addr().unwrap().port());
    check_refused(&settings, &Address::parse(&to, &settings).unwrap(), "TooLate");
    drop(deaf);
    check_refused(&settings, &Address::parse(&to, &settings).unwrap(), "Unreachable");
}

/// What is about one person, on its way to a recipient, and the permit for a recipient.
fn parcel(to: &RecipientName, now: Timestamp) -> (Parcel<Processor>, TransferPermit<Processor>) {
    let facts = Facts {
        subject: SubjectRef::from_bytes([1; 16]),
        pseudonym: Pseudonym::from_bytes([2; 16]),
        choices: None,
        signals: Signals::NONE,
        law: Law::STRICTEST,
        age: Age::Unknown,
    };
    let read = gate::decide::<Support>(&facts, now).unwrap();
    let current = (now, ConsentVersion::default());
    let packed = Parcel::pack(&read, current, to.clone(), b"c-1".to_vec()).unwrap();
    let purposes = [PurposeName::Support].into();
    let recipient = Recipient { name: to.clone(), role: Role::Processor, purposes, tool: None };
    let permit = decide(&recipient, PurposeName::Support, &Standing::Inside, now).unwrap();
    (packed, permit)
}

#[test]
fn a_parcel_goes_to_its_recipient_with_its_permit_and_to_nobody_else() {
    let (other, now) = (Other::start(), day(2026, 11, 22).start());
    let client = Client::new(&other.settings()).unwrap();
    let [mailer, lab] = ["mailer", "lab"].map(|name| RecipientName::parse(name).unwrap());
    let address = other.at("/");
    let headers = [("x-signed", "yes".to_owned())];
    let carrier =
        |recipient| Carrier { client: &client, recipient, address: &address, headers: &headers };
    let refused = |recipient, packed, permit, at| {
        let refused = carrier(recipient).send(permit, packed, at).unwrap_err();
        let OutboundError::Transfer(refused) = refused else { panic!("{refused:?}") };
        refused
    };
    let ((one, permit), (two, _), (three, _)) =
        (parcel(&mailer, now), parcel(&mailer, now), parcel(&lab, now));
    assert_eq!(refused(&lab, one, &permit, now), TransferError::WrongRecipient);
    assert_eq!(refused(&lab, three, &permit, now), TransferError::WrongRecipient);
    assert_eq!(refused(&mailer, two, &permit, now.plus_ms(60_000)), TransferError::Expired);
    assert!(other.asked().is_empty());
    let (packed, permit) = parcel(&mailer, now);
    assert_eq!(carrier(&mailer).send(&permit, packed, now).unwrap().status, 202);
    assert_eq!(
        (other.asked()[0].body.as_slice(), other.asked()[0].header("x-signed")),
        (&b"c-1"[..], "yes")
    );
}
