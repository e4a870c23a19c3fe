use domain::date::day;
use notices::facts::Ground;
use personal::purpose::PurposeName;
use personal::transfer::{OtherController, Processor, TransferRefusal};

use crate::settings::Settings;

use super::{Declared, declared, named};

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
fn one_table_is_what_people_read_and_the_older_list_follows_it() {
    let today = day(2026, 11, 22);
    let shop = |text: &str| Settings::parse(&format!("{HEAD}{GOOD}{text}")).unwrap();
    let mailer = named(&shop(""), today).unwrap().remove(0);
    assert_eq!((mailer.name.as_str(), mailer.what_for.as_str()), ("mailer", "LegalObligation"));
    assert!(matches!(mailer.ground, Ground::Adequacy { .. }), "{:?}", mailer.ground);
    let late = named(&shop(""), day(2027, 11, 3)).unwrap().remove(0);
    assert_eq!(late.ground, Ground::Missing, "a look counts for a year");
    let words = "title = \"Example Mail\"\nwhat_for = \"sends letters\"\n";
    let old = |name: &str| {
        format!(
            "[[notice.recipients]]\nname = \"{name}\"\nrole = \"authority\"\n\
             what_for = \"audits\"\nplace = \"DE\"\n"
        )
    };
    let settings = shop(&format!("{words}{}{}", old("Example mail"), old("The office")));
    let names: Vec<String> =
        named(&settings, today).unwrap().into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["Example Mail", "The office"], "who stands in both stands once");
    let settings = Settings::parse("shop = \"demo\"\ndata_dir = \"data\"").unwrap();
    assert_eq!(named(&settings, today), None);
    refused("country", "title = \" \"\ncountry", "title and what_for are words");
    let nobody = format!("{HEAD}{GOOD}[notice]\nrecipients = []\n");
    let error = Settings::parse(&nobody).unwrap_err().to_string();
    assert!(error.contains("take the empty list away"), "{error}");
    for role in ["joint_controller", "controller", "authority"] {
        assert!(read(&GOOD.replace("processor", role)).is_ok(), "{role}");
    }
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
