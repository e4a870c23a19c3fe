//! Nobody but the gate mints a permit.

use domain::id::Pseudonym;
use domain::time::Timestamp;
use personal::feature::Features;
use personal::permit::{ConsentVersion, Permit};
use personal::purpose::Personalization;
use personal::subject::SubjectRef;

fn main() {
    let _permit = Permit::<Personalization>::mint(
        (SubjectRef::from_bytes([0; 16]), Pseudonym::from_bytes([0; 16])),
        (ConsentVersion::default(), Features::FIRST),
        (Timestamp::default(), None),
    );
}
