//! Settings of witnesses that cannot be used, and how many confirmations are enough.

use ledger::key::{Algorithm, KeyName, SignerKey};

use super::{OutsideError, WitnessSettings};
use crate::settings::outbound::OutboundSettings;
use crate::transparency::settings::LedgerSettings;

fn key(seed: u8, algorithm: Algorithm) -> String {
    let name = KeyName::parse("witness.example").unwrap();
    SignerKey::new(name, algorithm, &[seed; 32]).unwrap().verifier().to_text()
}

fn settings(witnesses: &[(&str, &str, String)], quorum: Option<u32>) -> LedgerSettings {
    let one = |(name, url, key): &(&str, &str, String)| {
        let settings = WitnessSettings { url: (*url).to_owned(), key: key.clone() };
        ((*name).to_owned(), settings)
    };
    let witnesses = witnesses.iter().map(one).collect();
    LedgerSettings { witnesses, quorum, ..LedgerSettings::default() }
}

#[track_caller]
fn check(witnesses: &[(&str, &str, String)], quorum: Option<u32>, expected: Result<usize, &str>) {
    let made = settings(witnesses, quorum).outside(&OutboundSettings::default());
    let made = made.map(|outside| outside.witnesses.map_or(0, |witnesses| witnesses.quorum()));
    match (made, expected) {
        (Ok(quorum), Ok(expected)) => assert_eq!(quorum, expected),
        (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
        (Err(OutsideError::Outbound(_)), Ok(_)) => {} // A machine without authorities.
        (made, _) => panic!("{made:?}"),
    }
}

#[test]
fn witnesses_are_read_or_refused() {
    let url = "https://witness.example/prefix";
    let of = |seed| key(seed, Algorithm::Cosignature);
    check(&[], None, Ok(0));
    check(&[("a", url, of(1))], None, Ok(1));
    check(&[("a", url, of(1)), ("b", url, of(2))], None, Ok(2));
    check(&[("a", url, of(1)), ("b", url, of(2)), ("c", url, of(3))], None, Ok(2));
    check(&[("a", url, of(1)), ("b", url, of(2))], Some(1), Ok(1));
    check(&[("a", url, of(1))], Some(2), Err("ledger.quorum"));
    check(&[("a", url, of(1))], Some(0), Err("ledger.quorum"));
    check(&[], Some(1), Err("ledger.quorum"));
    check(&[("a", url, of(1)), ("b", url, of(1))], None, Err("another witness has the same"));
    check(&[("a", url, key(1, Algorithm::Ed25519))], None, Err("ledger.witnesses.a.key"));
    check(&[("a", url, "nothing".to_owned())], None, Err("ledger.witnesses.a.key"));
    check(&[("a", "http://witness.example", of(1))], None, Err("ledger.witnesses.a.url"));
}
