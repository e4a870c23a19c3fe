//! The five documents say what they must, mark what is missing, and have a digest.

use serde_json::Value;

use crate::canonical;
use crate::document::{Document, Kind, Part, document};
use crate::facts::{Controller, Ground, Processing};
use crate::fixture::{all, english, speech};
use crate::words::FILES;

fn of(kind: Kind, processing: &Processing) -> Document {
    document(kind, processing, &english())
}

fn text(document: &Document) -> String {
    serde_json::to_string(&document.sections).unwrap()
}

fn markers(document: &Document) -> Vec<String> {
    let parts = document.sections.iter().flat_map(|section| &section.parts);
    let keys = parts.filter_map(|part| {
        let Part::Missing { key, .. } = part else { return None };
        Some(key.clone())
    });
    keys.collect()
}

#[test]
fn names_of_documents_are_read_again() {
    for kind in Kind::ALL {
        assert_eq!(Kind::parse(kind.as_str()), Some(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
    assert_eq!(Kind::parse("Notice"), None);
}

#[test]
fn no_sentence_is_left_with_a_placeholder_and_every_id_is_there_once() {
    for (_, file) in FILES {
        let speech = speech(file);
        for kind in Kind::ALL {
            let document = document(kind, &all(), &speech);
            let said = document.sections.iter().flat_map(|one| &one.parts);
            for part in said {
                let text = match part {
                    Part::Text { text } => text.clone(),
                    Part::List { items } => items.join(" "),
                    Part::Facts { rows } => format!("{rows:?}"),
                    Part::Table { rows, .. } => format!("{rows:?}"),
                    Part::Missing { .. } | Part::Question { .. } => continue,
                };
                assert!(!text.contains(['{', '}']), "{kind:?}: {text}");
            }
            let mut ids: Vec<&str> = document.sections.iter().map(|one| one.id.as_str()).collect();
            let count = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), count, "{kind:?}");
            for section in &document.sections {
                assert!(!section.title.is_empty(), "{kind:?}: {}", section.id);
            }
        }
    }
}

#[test]
fn the_inventory_names_every_table_and_field() {
    let (processing, inventory) = (all(), of(Kind::Inventory, &all()));
    let said = text(&inventory);
    for table in &processing.tables {
        assert!(said.contains(&format!("\"table-{}\"", table.table)));
        for field in &table.fields {
            assert!(said.contains(&format!("[\"{field}\",")), "{}.{field}", table.table);
        }
    }
    assert!(said.contains("tombstone") && inventory.missing.is_empty());
}

#[test]
fn the_record_has_what_article_30_asks_for() {
    let record = of(Kind::Ropa, &all());
    let ids: Vec<&str> = record.sections.iter().map(|one| one.id.as_str()).collect();
    for id in ["controller", "purposes", "recipients", "transfers", "retention", "security"] {
        assert!(ids.contains(&id), "{id}");
    }
    let said = text(&record);
    for part in [
        "Nordlicht <Mode> GmbH",
        "dpo@shop.example",
        "Consent (GDPR Art. 6(1)(a))",
        "Visitors of the shop",
        "1460 days",
        "Host & Co",
        "appropriate safeguards: standard contractual clauses",
        "Two people hold the shop's key.",
        "at least 2 distinct people",
    ] {
        assert!(said.contains(part), "{part}");
    }
    assert!(record.missing.is_empty() && markers(&record).is_empty());
}

#[test]
fn the_notice_has_two_layers_and_what_article_13_asks_for() {
    let notice = of(Kind::Notice, &all());
    let ids: Vec<&str> = notice.sections.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids[..2], ["short", "full"]);
    for id in [
        "who",
        "purposes",
        "data",
        "source",
        "recipients",
        "transfers",
        "retention",
        "browser",
        "rights",
        "complaint",
        "must",
        "automated",
        "changes",
    ] {
        assert!(ids.contains(&format!("full-{id}").as_str()), "{id}");
    }
    assert!(!ids.contains(&"full-children"));
    for table in &all().tables {
        assert!(ids.contains(&format!("full-data-{}", table.table).as_str()), "{}", table.table);
    }
    let short = serde_json::to_string(&notice.sections[0]).unwrap();
    assert!(short.contains("Banner's personalization: text of personalization"), "{short}");
    assert!(short.contains("395 days") && short.contains("Host & Co (runs the machine)"));
    assert!(short.len() < 2_500, "the first layer is short");
}

#[test]
fn a_shop_for_children_says_so() {
    let mut children = all();
    children.limits.child_directed = true;
    let notice = of(Kind::Notice, &children);
    assert!(notice.sections.iter().any(|one| one.id == "full-children"));
    assert!(text(&of(Kind::Dpia, &children)).contains("directed at children."));
}

#[test]
fn what_the_shop_did_not_say_is_marked_where_it_belongs_and_never_invented() {
    let mut silent = all();
    silent.controller = Controller::default();
    silent.recipients = None;
    silent.security.clear();
    for kind in [Kind::Ropa, Kind::Notice, Kind::Dpia] {
        let document = of(kind, &silent);
        let marked = markers(&document);
        for key in &document.missing {
            assert!(marked.contains(key), "{kind:?}: {key}");
        }
        assert_eq!(document.missing.len(), if kind == Kind::Notice { 10 } else { 11 });
    }
    let mut abroad = all();
    abroad.recipients.as_mut().unwrap()[0].ground = Ground::Missing;
    assert_eq!(markers(&of(Kind::Ropa, &abroad)), ["notice.recipients[0].safeguard"]);
}

#[test]
fn the_assessment_leaves_what_the_shop_has_to_assess_open() {
    let draft = of(Kind::Dpia, &all());
    let questions: Vec<&str> = draft
        .sections
        .iter()
        .flat_map(|one| &one.parts)
        .filter_map(|part| {
            let Part::Question { id, .. } = part else { return None };
            Some(id.as_str())
        })
        .collect();
    assert!(questions.contains(&"residual") && questions.contains(&"officer"));
    assert!(!questions.contains(&"interests"), "no purpose of this shop rests on interests");
    let mut weighed = all();
    weighed.purposes[0].basis = "legitimate_interests".to_owned();
    assert!(text(&of(Kind::Dpia, &weighed)).contains("balance of interests"));
}

#[test]
fn a_digest_stands_for_exactly_one_document() {
    let mut digests: Vec<String> = Vec::new();
    for (_, file) in FILES {
        let speech = speech(file);
        for kind in Kind::ALL {
            let document = document(kind, &all(), &speech);
            let json = document.json();
            assert_eq!(json["digest"], document.digest());
            assert_eq!(canonical::digest(&json), document.digest());
            digests.push(document.digest());
        }
    }
    let count = digests.len();
    digests.sort();
    digests.dedup();
    assert_eq!(digests.len(), count);
    let mut other = all();
    other.limits.backup_keep_days += 1;
    assert_ne!(of(Kind::Notice, &all()).digest(), of(Kind::Notice, &other).digest());
    assert_eq!(of(Kind::Notice, &all()).digest(), of(Kind::Notice, &all()).digest());
}

#[test]
fn a_document_says_what_is_done_without_words_as_well() {
    let json = of(Kind::Retention, &all()).json();
    let processing: Value = serde_json::to_value(all()).unwrap();
    assert_eq!(json["processing"], processing);
}
