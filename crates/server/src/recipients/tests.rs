use domain::date::day;
use personal::purpose::PurposeName;
use personal::transfer::{OtherController, Processor, TransferRefusal};

use crate::settings::Settings;

use super::{Declared, declared};

const HEAD: &str = "shop = \"demo\"\ndata_dir = \"data\"\n[recipients.mailer]\n";
const GOOD: &str = "country = \"US\"\nrole = \"processor\"\npurposes = [\"LegalObligation\"]\n\
    tool = \"covered\"\nchecked = \"2026-11-01\"\n";

fn read(text: &str) -> Result<Declared, String> {
    let settings = Settings::parse(&format!("{HEAD}{text}")).map_err(|error| error.to_string())?;
    let (name, one) = settings.recipients.iter().next().unwrap();
    declared(name, one).map_err(|error| error.to_string())
}

#[track_caller]
fn refused(from: &str, to: &str, part: &str) {
    let error = read(&GOOD.replace(from, to)).unwrap_err();
    assert!(error.contains(part), "{error}");
}

#[test]
fn declarations_are_read_or_refused_with_the_key() {
    assert!(read(GOOD).is_ok());
    refused("\"US\"", "\"America\"", "recipients.mailer.country: a place is written as");
    refused("processor", "friend", "recipients.mailer.role is");
    refused("LegalObligation", "Curiosity", "recipients.mailer.purposes names");
    refused("[\"LegalObligation\"]", "[]", "recipients.mailer.purposes names");
    refused("covered", "trust", "recipients.mailer.tool is");
    refused("2026-11-01", "yesterday", "recipients.mailer.checked is a day");
    refused("tool = \"covered\"\n", "", "recipients.mailer.checked is a day");
    refused("country", "land", "unknown field `land`");
    let named = format!("{HEAD}{GOOD}").replace("recipients.mailer", "recipients.\"Mail er\"");
    let error = Settings::parse(&named).unwrap_err().to_string();
    assert!(error.contains("\"Mail er\" is not a name"), "{error}");
}

#[test]
fn a_permit_is_decided_by_the_dated_list() {
    let mailer = read(GOOD).unwrap();
    let purpose = PurposeName::LegalObligation;
    let on = |day: domain::time::Day| mailer.permit::<Processor>(purpose, day.start());
    let permit = on(day(2026, 11, 22)).unwrap();
    assert!(permit.ground().to_string().contains("2023/1795"), "{}", permit.ground());
    assert_eq!(on(day(2027, 11, 3)).err(), Some(TransferRefusal::Unchecked));
    assert_eq!(on(day(2022, 11, 3)).err(), Some(TransferRefusal::NoGround), "no decision yet");
    let other = mailer.permit::<OtherController>(purpose, day(2026, 11, 22).start());
    assert_eq!(other.err(), Some(TransferRefusal::OtherRole));
    let inside = read(&GOOD.replace("\"US\"", "\"DE\"")).unwrap();
    assert!(inside.verdict(purpose, day(2030, 1, 1)).is_ok());
}
