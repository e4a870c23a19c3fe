//! Messages of authorized agents: no input panics, signed or not, and what is read keeps the limits.
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::time::Timestamp;
use ed25519_dalek::{Signer as _, SigningKey};
use libfuzzer_sys::fuzz_target;
use rights::drp::claims::RELATIONSHIPS_MAX;
use rights::drp::{Agent, BusinessId, Door, exercise, revocation, set_up};

fuzz_target!(|data: &[u8]| {
    let signer = SigningKey::from_bytes(&[7; 32]);
    let key = STANDARD.encode(signer.verifying_key().as_bytes());
    let (Ok(agent), Ok(business)) =
        (Agent::parse("AGENT_ONE", &key), BusinessId::parse("SHOP_ONE"))
    else {
        return;
    };
    // 2026-11-22T14:00:00Z, inside of the times that the seeds name.
    let door =
        Door { agent: &agent, business: &business, now: Timestamp::from_ms(1_795_356_000_000) };
    let signed = STANDARD.encode([&signer.sign(data).to_bytes()[..], data].concat());
    for body in [data, signed.as_bytes()] {
        if let Ok((exercise, once)) = exercise(body, &door) {
            assert!(exercise.relationships.len() <= RELATIONSHIPS_MAX);
            assert!(once.until > door.now);
            let (kind, about) = exercise.action.asks();
            assert!(about.fits(kind));
        }
        if let Ok(once) = set_up(body, &door) {
            assert!(once.until > door.now);
        }
        let _read = revocation(body, &agent);
    }
});
