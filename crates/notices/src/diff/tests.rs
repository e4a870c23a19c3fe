//! A diff names what was added, removed and changed, and says when a yes from before is not enough.

use serde_json::json;

use crate::diff::{Diff, DiffError, Effect, between};
use crate::document::{Kind, document};
use crate::facts::{Erased, Ground, Processing};
use crate::fixture::{all, english, host};

fn diff(old: &Processing, new: &Processing) -> Diff {
    let of = |processing: &Processing| document(Kind::Notice, processing, &english()).json();
    between(&of(old).to_string(), &of(new)).unwrap()
}

/// Changes a shop and says what that does: the name of the change, its effect, who is not covered.
#[track_caller]
fn check(change: impl Fn(&mut Processing), what: &str, effect: Effect, uncovered: &[&str]) {
    let mut new = all();
    change(&mut new);
    let diff = diff(&all(), &new);
    let found = diff.changes.iter().find(|one| one.what == what);
    let found = found.unwrap_or_else(|| panic!("{what} is not in {:?}", diff.changes));
    assert_eq!(found.effect, effect, "{what}");
    assert_eq!(diff.widens, effect == Effect::Widens, "{:?}", diff.changes);
    assert_eq!(diff.uncovered, uncovered, "{what}");
}

const ALL: [&str; 4] = ["Personalization", "SharedLearning", "Measurement", "Marketing"];

#[test]
fn nothing_changed() {
    let diff = diff(&all(), &all());
    assert_eq!((diff.widens, diff.changes.len(), diff.words.len()), (false, 0, 0));
    assert_eq!(diff.before, diff.after);
}

#[test]
fn more_days_fields_tables_and_readers_widen_their_purpose() {
    let days = "tables.history_event.keep_days_max";
    check(|p| p.tables[0].keep_days_max += 1, days, Effect::Widens, &["Personalization"]);
    check(|p| p.tables[0].keep_days_max -= 1, days, Effect::Narrows, &[]);
    let field = "tables.history_event.fields.shoe";
    let own = ["Personalization"];
    check(|p| p.tables[0].fields.push("shoe".to_owned()), field, Effect::Widens, &own);
    check(
        |p| p.tables[0].readers.push("Marketing".to_owned()),
        "tables.history_event.readers.Marketing",
        Effect::Widens,
        &["Personalization", "Marketing"],
    );
    let table = |p: &mut Processing| {
        let mut new = p.tables[0].clone();
        new.table = "looks".to_owned();
        p.tables.push(new);
    };
    check(table, "tables.looks", Effect::Widens, &own);
    check(|p| drop(p.tables.remove(0)), "tables.history_event", Effect::Narrows, &[]);
    let other = |p: &mut Processing| p.tables[0].purpose = "Marketing".to_owned();
    let both = ["Personalization", "Marketing"];
    check(other, "tables.history_event.purpose", Effect::Widens, &both);
}

#[test]
fn keeping_after_an_erasure_widens() {
    let keep = |p: &mut Processing| {
        p.tables[0].on_erasure = Erased::Keep { basis: "Art. 17(3)".to_owned(), days: 30 };
    };
    let days = "tables.history_event.kept_after_erasure_days";
    check(keep, days, Effect::Widens, &["Personalization"]);
}

#[test]
fn proof_that_is_kept_longer_widens_and_needs_no_yes() {
    let place = all().tables.iter().position(|one| one.table == "staff_read").unwrap();
    let days = "tables.staff_read.keep_days_max";
    check(|p| p.tables[place].keep_days_max += 1, days, Effect::Widens, &[]);
}

#[test]
fn a_new_recipient_widens_what_it_is_for() {
    let more = |purposes: &'static [&'static str]| {
        move |p: &mut Processing| {
            let mut new = host();
            new.name = "Mailer".to_owned();
            new.purposes = purposes.iter().map(|&one| one.to_owned()).collect();
            p.recipients.as_mut().unwrap().push(new);
        }
    };
    check(more(&["Marketing"]), "recipients.Mailer", Effect::Widens, &["Marketing"]);
    check(more(&[]), "recipients.Mailer", Effect::Widens, &ALL);
    let gone = |p: &mut Processing| p.recipients = Some(Vec::new());
    check(gone, "recipients.Host & Co", Effect::Narrows, &[]);
}

#[test]
fn moving_to_a_third_country_widens_and_moving_back_does_not() {
    let mut inside = all();
    inside.recipients.as_mut().unwrap()[0].ground = Ground::Inside;
    let out = diff(&inside, &all());
    assert!(out.changes.iter().any(|one| one.what == "recipients.Host & Co.third_country"));
    assert_eq!(out.uncovered, ALL);
    assert!(!diff(&all(), &inside).widens);
}

#[test]
fn fewer_people_behind_an_answer_widens() {
    check(|p| p.limits.supporters_min = 1, "limits.supporters_min", Effect::Widens, &ALL);
    check(|p| p.limits.supporters_min = 9, "limits.supporters_min", Effect::Narrows, &[]);
}

#[test]
fn what_only_the_shop_can_judge_is_left_to_it() {
    let name = |p: &mut Processing| p.controller.name = "Nordlicht AG".to_owned();
    check(name, "controller.name", Effect::Judge, &[]);
    let basis = |p: &mut Processing| p.purposes[0].basis = "contract".to_owned();
    check(basis, "purposes.Personalization.basis", Effect::Judge, &[]);
    let gone = "security.Two people hold the shop's key.";
    check(|p| p.security.clear(), gone, Effect::Judge, &[]);
    let contact = |p: &mut Processing| p.controller.contact = "new@shop.example".to_owned();
    check(contact, "controller.contact", Effect::Same, &[]);
}

#[test]
fn other_words_alone_widen_nothing() {
    let old = document(Kind::Notice, &all(), &english());
    let mut new = old.clone();
    new.sections[0].title = "Briefly".to_owned();
    let diff = between(&old.json().to_string(), &new.json()).unwrap();
    assert_eq!((diff.widens, diff.words), (false, vec!["short".to_owned()]));
}

#[test]
fn documents_of_two_kinds_can_be_compared_by_what_they_say() {
    let mut new = all();
    new.tables[0].keep_days_max += 1;
    let old = document(Kind::Retention, &all(), &english()).json().to_string();
    let diff = between(&old, &document(Kind::Ropa, &new, &english()).json()).unwrap();
    assert!(diff.widens && diff.words.is_empty());
}

#[test]
fn what_was_changed_or_is_no_document_is_refused() {
    let new = document(Kind::Notice, &all(), &english()).json();
    let mut forged = new.clone();
    forged["processing"]["tables"][0]["keep_days_max"] = json!(1);
    let refused = |text: &str| between(text, &new).unwrap_err();
    assert!(matches!(refused(&forged.to_string()), DiffError::Changed));
    assert!(matches!(refused("no"), DiffError::Json(_)));
    let mut other = json!({"a": 1});
    other["digest"] = json!(crate::canonical::digest(&other));
    assert!(matches!(refused(&other.to_string()), DiffError::NoDocument(_)));
}
