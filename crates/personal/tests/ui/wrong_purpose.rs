//! A permit to serve a person does not open what was kept to teach the models.

use domain::time::Timestamp;
use personal::kinds::LearningEvent;
use personal::permit::{ConsentVersion, Permit};
use personal::purpose::Personalization;
use personal::value::Personal;

fn open(value: Personal<LearningEvent>, permit: &Permit<Personalization>, now: Timestamp) {
    let _event = value.open(permit, now, ConsentVersion::default());
}

fn main() {}
