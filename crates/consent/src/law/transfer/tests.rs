use crate::law::PLACES;
use crate::law::place::Place;
use crate::law::transfer::{
    Adequacy, TRANSFERS, ToolKind, TransferError, Transfers, adequate, shipped, standing,
};
use domain::date::day;
use personal::transfer::Standing;

#[track_caller]
fn check(place: &str, (year, month, of_month): (u32, u32, u32), expected: &str) {
    let found = adequate(place, day(year, month, of_month));
    let word = match found {
        Adequacy::Inside => "inside",
        Adequacy::Adequate(_) => "adequate",
        Adequacy::Limited(_) => "limited",
        Adequacy::Missing => "missing",
    };
    assert_eq!(word, expected, "{place}: {found}");
}

#[test]
fn decisions_count_between_their_days() {
    check("BR", (2026, 1, 25), "missing");
    check("BR", (2026, 1, 26), "adequate");
    check("GB", (2020, 12, 31), "inside");
    check("GB", (2021, 1, 1), "missing");
    check("uk", (2027, 1, 1), "adequate");
    check("GB-SCT", (2031, 12, 27), "adequate");
    check("GB", (2031, 12, 28), "missing");
    check("US", (2026, 11, 22), "limited");
    check("US-CA", (2026, 11, 22), "limited");
    check("CA", (2026, 11, 22), "limited");
    check("CH", (2026, 11, 22), "adequate");
    check("CH", (2026, 11, 21), "missing");
    check("EPO", (2026, 11, 22), "adequate");
}

#[test]
fn the_gate_of_transfers_is_told_the_same() {
    let on = |place: &str| standing(&Place::parse(place).unwrap(), day(2026, 11, 22));
    assert_eq!((on("DE"), on("CN")), (Standing::Inside, Standing::Missing));
    let Standing::Adequate(decided) = on("GB") else { panic!("adequate") };
    assert_eq!(decided.until, Some(day(2031, 12, 27)));
    let Standing::Limited(decided) = on("US-CA") else { panic!("limited") };
    assert!(decided.source.contains("2023/1795") && decided.until.is_none());
}

#[test]
fn what_is_not_listed_is_not_adequate() {
    for place in ["", "CN", "XX", "*", "Norway", "\u{1f600}"] {
        check(place, (2026, 11, 22), "missing");
    }
    for place in ["DE", "NO", "EU", "EEA", "de-by"] {
        check(place, (2026, 11, 22), "inside");
    }
}

#[test]
fn an_answer_names_its_decision() {
    let text = adequate("US", day(2026, 11, 22)).to_string();
    for word in ["only for recipients certified", "2023/1795", "NOT VERIFIED", "not legal advice"] {
        assert!(text.contains(word), "{word:?} is not in {text}");
    }
    assert!(adequate("CN", day(2026, 11, 22)).to_string().contains("needs a tool"));
}

#[test]
fn tools_are_listed_and_unsound_lists_refused() {
    let list = shipped().unwrap();
    assert_eq!(list.decisions().len(), 17);
    let safeguards = list.tools().iter().filter(|tool| tool.kind == ToolKind::Safeguard);
    assert_eq!((safeguards.count(), list.tools().len()), (4, 5));
    assert!(list.tools().iter().all(|tool| tool.source.starts_with("GDPR Art. 4")));
    let read = |list: &str| Transfers::read(list, PLACES).map(|_| ());
    let entry = |from: &str| {
        format!(
            "[[adequate]]\nplace = \"BR\"\nname = \"x\"\nfrom = \"{from}\"\nsource = \"x\"\n\
             verified = false\n"
        )
    };
    let double = format!("{TRANSFERS}\n{}", entry("2028-01-01"));
    let brazil = Place::parse("BR").unwrap();
    let twice = TransferError::Unsound(brazil, "has two decisions on one day");
    assert_eq!(read(&double), Err(twice));
    let advice = TRANSFERS.replace("not legal", "legal");
    assert_eq!(read(&advice), Err(TransferError::Advice));
    let malformed = read(&format!("{TRANSFERS}\nx = 1"));
    assert!(matches!(malformed, Err(TransferError::Malformed(_))));
}
