//! The privacy notice (GDPR Art. 13) in two layers: what matters most, then everything.

use crate::document::Section;
use crate::facts::{Processing, Purpose, Recipient};
use crate::speech::{Speech, fill};
use crate::tables;

/// Both layers; the sections of the second begin with `full`.
pub(crate) fn layers(processing: &Processing, speech: &Speech) -> Vec<Section> {
    let mut sections = short(processing, speech);
    sections.extend(full(processing, speech));
    sections
}

fn short(processing: &Processing, speech: &Speech) -> Vec<Section> {
    let (words, from) = (&speech.words.notice, &processing.controller);
    let label = &speech.words.label;
    let mut whom = Vec::new();
    for (name, text) in [(&label.controller, &from.name), (&label.contact, &from.contact)] {
        if !text.trim().is_empty() {
            whom.push((name.clone(), text.clone()));
        }
    }
    let mut section = Section::new("short", &label.short).text(&words.intro).facts(whom);
    for (key, text) in [("controller.name", &from.name), ("controller.contact", &from.contact)] {
        if text.trim().is_empty() {
            section = section.missing(key, speech);
        }
    }
    let asked = processing.purposes.iter().filter(|one| one.asked).map(|one| {
        let longest = processing.tables_of(&one.purpose).map(|table| table.keep_days_max).max();
        let kept = longest.map(|days| format!(" ({}: {})", label.kept, speech.days(days)));
        let (title, text) = (speech.purpose(&one.purpose), speech.purpose_text(&one.purpose));
        format!("{title}: {text}{}", kept.unwrap_or_default())
    });
    let mut section = section.list(asked.collect());
    section = match &processing.recipients {
        None => section.missing("notice.recipients", speech),
        Some(all) if all.is_empty() => section.text(&speech.words.phrase.no_third_party),
        Some(all) => {
            let named = |one: &Recipient| format!("{} ({})", one.name, one.what_for);
            let named: Vec<String> = all.iter().map(named).collect();
            section.facts(vec![(label.recipients.clone(), named.join("; "))])
        }
    };
    vec![section.text(&words.short_rights).text(&words.to_full)]
}

fn full(processing: &Processing, speech: &Speech) -> Vec<Section> {
    let (words, label) = (&speech.words.notice, &speech.words.label);
    let mut sections = vec![
        Section::new("full", &label.full).text(&speech.words.phrase.scope),
        tables::controller("full-who", &words.who, processing, speech),
        purposes(processing, speech),
    ];
    sections.extend(processing.purposes.iter().map(|one| purpose(one, processing, speech)));
    sections.push(Section::new("full-data", &words.data).text(&words.pseudonymous));
    for table in &processing.tables {
        let title = speech.table(&table.table);
        let section = Section::below(format!("full-data-{}", table.table), title);
        sections.push(tables::fields(section, speech, table));
    }
    sections.push(Section::new("full-source", &words.source).text(&words.source_text));
    let to = Section::new("full-recipients", &words.recipients).text(&words.inside);
    sections.push(tables::recipients(to, processing, speech));
    let abroad = Section::new("full-transfers", &words.transfers);
    sections.push(tables::transfers(abroad, processing, speech));
    sections.push(tables::kept("full-retention", &words.retention, processing, speech));
    sections.push(Section::new("full-browser", &words.browser).text(&words.browser_text));
    sections.push(rights(processing, speech));
    sections.push(complaint(processing, speech));
    sections.push(Section::new("full-must", &words.must).text(&words.must_text));
    sections.push(Section::new("full-automated", &words.automated).text(&words.automated_text));
    if processing.limits.child_directed {
        sections.push(Section::new("full-children", &words.children).text(&words.children_text));
    }
    sections.push(Section::new("full-changes", &words.changes).text(&words.changes_text));
    sections
}

fn purposes(processing: &Processing, speech: &Speech) -> Section {
    let words = &speech.words.notice;
    let days = processing.limits.consent_days_max.to_string();
    Section::new("full-purposes", &words.purposes)
        .text(&words.consent_free)
        .text(&fill(&words.yes_ends, &[("{days}", &days)]))
}

fn purpose(one: &Purpose, processing: &Processing, speech: &Speech) -> Section {
    let (label, name) = (&speech.words.label, &one.purpose);
    let kept: Vec<String> = processing
        .tables_of(name)
        .map(|table| {
            let days = table.keep_days_max.to_string();
            let what = speech.table(&table.table);
            fill(&speech.words.phrase.keep, &[("{what}", &what), ("{days}", &days)])
        })
        .collect();
    let section = Section::below(format!("full-purpose-{name}"), speech.purpose(name))
        .text(&speech.purpose_text(name))
        .facts(vec![(label.basis.clone(), speech.basis(&one.basis))]);
    match kept.is_empty() {
        true if one.asked => section.text(&speech.words.phrase.nothing_kept),
        true => section,
        false => section.list(kept),
    }
}

fn rights(processing: &Processing, speech: &Speech) -> Section {
    let (words, label) = (&speech.words.notice, &speech.words.label);
    let rights = [
        &words.right_access,
        &words.right_rectification,
        &words.right_erasure,
        &words.right_restriction,
        &words.right_portability,
        &words.right_objection,
        &words.right_withdraw,
    ];
    let mut section = Section::new("full-rights", &words.rights).text(&words.rights_text);
    section = section.list(rights.into_iter().cloned().collect());
    let from = &processing.controller;
    for (key, name, page) in [
        ("controller.rights_page", &label.rights_page, &from.rights_page),
        ("controller.consent_page", &label.consent_page, &from.consent_page),
    ] {
        section = match page.trim().is_empty() {
            true => section.missing(key, speech),
            false => section.facts(vec![(name.clone(), page.clone())]),
        };
    }
    section
}

fn complaint(processing: &Processing, speech: &Speech) -> Section {
    let (words, authority) = (&speech.words.notice, &processing.controller.authority);
    let section = Section::new("full-complaint", &words.complaint).text(&words.complaint_text);
    match authority.trim().is_empty() {
        true => section.missing("controller.authority", speech),
        false => section.facts(vec![(speech.words.label.authority.clone(), authority.clone())]),
    }
}
