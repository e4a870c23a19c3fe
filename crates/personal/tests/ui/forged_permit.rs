//! Nobody writes a permit down.

use std::marker::PhantomData;

use domain::id::Pseudonym;
use domain::time::Timestamp;
use personal::feature::Features;
use personal::permit::{ConsentVersion, Permit};
use personal::purpose::Personalization;
use personal::subject::SubjectRef;

fn main() {
    let _permit: Permit<Personalization> = Permit {
        subject: SubjectRef::from_bytes([0; 16]),
        pseudonym: Pseudonym::from_bytes([0; 16]),
        version: ConsentVersion::default(),
        features: Features::FIRST,
        minted: Timestamp::default(),
        expires: Timestamp::default(),
        purpose: PhantomData,
    };
}
