//! The documents that are mostly tables: inventory, retention table, record of processing.

use crate::document::Section;
use crate::facts::{Erased, Ground, Processing, Recipient, Role, Said, Table, said};
use crate::speech::{Speech, fill};

/// Everything that is stored, table by table.
pub(crate) fn inventory(processing: &Processing, speech: &Speech) -> Vec<Section> {
    let (label, phrase) = (&speech.words.label, &speech.words.phrase);
    let mut sections = vec![Section::new("scope", &processing.shop).text(&phrase.scope)];
    for table in &processing.tables {
        let readers: Vec<String> = table.readers.iter().map(|one| speech.purpose(one)).collect();
        let facts = vec![
            (label.table.clone(), table.table.clone()),
            (label.purpose.clone(), speech.purpose(&table.purpose)),
            (label.basis.clone(), basis_of(processing, speech, &table.purpose)),
            (label.category.clone(), speech.category(&table.category)),
            (label.kept.clone(), speech.days(table.keep_days_max)),
            (label.on_erasure.clone(), erased(speech, &table.on_erasure)),
            (label.readers.clone(), readers.join(", ")),
        ];
        let section = Section::new(&format!("table-{}", table.table), &speech.table(&table.table));
        sections.push(fields(section.facts(facts), speech, table));
    }
    let rows = processing.technical.iter().map(|one| {
        let columns = one.columns.join(", ");
        vec![one.table.clone(), one.file.clone(), columns, speech.technical(&one.table)]
    });
    let head = [&*label.table, &label.file, &label.columns, &label.why];
    let technical = Section::new("technical", &label.technical);
    let technical = technical.table(&label.technical, &head, rows.collect());
    sections.push(technical.text(&phrase.memory));
    sections
}

/// The fields of a table and what they mean.
pub(crate) fn fields(section: Section, speech: &Speech, table: &Table) -> Section {
    let label = &speech.words.label;
    let row = |field: &String| vec![field.clone(), speech.field(&table.table, field)];
    let rows = table.fields.iter().map(row).collect();
    section.table(&speech.table(&table.table), &[&label.field, &label.meaning], rows)
}

/// What is kept for how long.
pub(crate) fn retention(processing: &Processing, speech: &Speech) -> Vec<Section> {
    let phrase = &speech.words.phrase;
    let section = Section::new("scope", &processing.shop).text(&phrase.scope);
    vec![section, kept("retention", &speech.words.title.retention, processing, speech)]
}

/// The retention of every table, and of backups.
pub(crate) fn kept(id: &str, title: &str, processing: &Processing, speech: &Speech) -> Section {
    let label = &speech.words.label;
    let row = |table: &Table| {
        vec![
            speech.table(&table.table),
            speech.purpose(&table.purpose),
            speech.days(table.keep_days_max),
            erased(speech, &table.on_erasure),
        ]
    };
    let head = [&*label.data, &label.purpose, &label.kept, &label.on_erasure];
    let rows = processing.tables.iter().map(row).collect();
    let backups = processing.limits.backup_keep_days.to_string();
    let backups = fill(&speech.words.phrase.backups, &[("{days}", &backups)]);
    Section::new(id, title)
        .table(title, &head, rows)
        .text(&speech.words.security.retention)
        .text(&backups)
}

/// The record of processing activities (GDPR Art. 30(1)).
pub(crate) fn ropa(processing: &Processing, speech: &Speech) -> Vec<Section> {
    let words = &speech.words;
    let (label, phrase) = (&words.label, &words.phrase);
    let mut sections = vec![
        Section::new("scope", &processing.shop).text(&phrase.scope),
        controller("controller", &label.controller, processing, speech),
    ];
    sections.push(Section::new("purposes", &label.purpose));
    sections
        .extend(processing.purposes.iter().map(|one| activity(&one.purpose, processing, speech)));
    let to = Section::new("recipients", &label.recipients);
    sections.push(recipients(to, processing, speech));
    let abroad = Section::new("transfers", &label.transfers);
    sections.push(transfers(abroad, processing, speech));
    sections.push(kept("retention", &words.title.retention, processing, speech));
    sections.push(security("security", processing, speech));
    sections
}

/// Art. 30(1)(b), (c), (d) and (f) of one purpose.
fn activity(purpose: &str, processing: &Processing, speech: &Speech) -> Section {
    let label = &speech.words.label;
    let people = &speech.words.people;
    let tables: Vec<&Table> = processing.tables_of(purpose).collect();
    let mut data: Vec<String> = tables
        .iter()
        .map(|one| format!("{} ({})", speech.table(&one.table), speech.category(&one.category)))
        .collect();
    let read = processing.tables.iter().filter(|one| one.purpose != purpose);
    let read = read.filter(|one| one.readers.iter().any(|reader| reader == purpose));
    data.extend(read.map(|one| format!("{}: {}", label.readers, speech.table(&one.table))));
    let mut whom = vec![people.visitors.clone(), people.customers.clone()];
    if tables.iter().any(|one| one.category == "access_log") {
        whom.push(people.staff.clone());
    }
    let kept: Vec<String> = tables
        .iter()
        .map(|one| format!("{}: {}", speech.table(&one.table), speech.days(one.keep_days_max)))
        .collect();
    let to: Vec<String> = processing.recipients_of(purpose).map(|one| one.name.clone()).collect();
    let or_none = |parts: Vec<String>| match parts.is_empty() {
        true => label.none.clone(),
        false => parts.join("; "),
    };
    let mut facts = vec![
        (label.purpose.clone(), purpose.to_owned()),
        (label.basis.clone(), basis_of(processing, speech, purpose)),
        (label.people.clone(), or_none(whom)),
        (label.data.clone(), or_none(data)),
        (label.kept.clone(), or_none(kept)),
    ];
    if processing.recipients.is_some() {
        facts.push((label.recipients.clone(), or_none(to)));
    }
    let section = Section::below(format!("purpose-{purpose}"), speech.purpose(purpose));
    let section = section.text(&speech.purpose_text(purpose)).facts(facts);
    match tables.is_empty() {
        true => section.text(&speech.words.phrase.nothing_kept),
        false => section,
    }
}

/// Who is responsible, with a marker for what is missing.
pub(crate) fn controller(
    id: &str,
    title: &str,
    processing: &Processing,
    speech: &Speech,
) -> Section {
    let (from, label) = (&processing.controller, &speech.words.label);
    let stored_in = from.stored_in.join(", ");
    let lines = [
        ("controller.name", &label.name, &from.name),
        ("controller.address", &label.address, &from.address),
        ("controller.contact", &label.contact, &from.contact),
        ("notice.protection_officer", &label.officer, &from.officer),
        ("notice.representative", &label.representative, &from.representative),
        ("controller.authority", &label.authority, &from.authority),
        ("controller.stored_in", &label.stored_in, &stored_in),
        ("controller.consent_page", &label.consent_page, &from.consent_page),
        ("controller.rights_page", &label.rights_page, &from.rights_page),
    ];
    let mut facts = Vec::new();
    let mut missing = Vec::new();
    for (key, name, text) in lines {
        match said(text) {
            Said::Nothing => missing.push(key),
            Said::Nobody => facts.push((name.clone(), label.none.clone())),
            Said::Who(who) => facts.push((name.clone(), who.to_owned())),
        }
    }
    let section = Section::new(id, title).facts(facts);
    missing.into_iter().fold(section, |section, key| section.missing(key, speech))
}

/// Everybody outside who receives data.
pub(crate) fn recipients(section: Section, processing: &Processing, speech: &Speech) -> Section {
    let label = &speech.words.label;
    let Some(all) = &processing.recipients else {
        return section.missing("notice.recipients", speech);
    };
    if all.is_empty() {
        return section.text(&speech.words.phrase.no_third_party);
    }
    let row = |one: &Recipient| {
        let purposes: Vec<String> = processing
            .purposes
            .iter()
            .map(|known| &known.purpose)
            .filter(|purpose| one.serves(purpose))
            .map(|purpose| speech.purpose(purpose))
            .collect();
        let role = role(speech, one.role).to_owned();
        vec![one.name.clone(), role, one.what_for.clone(), one.place.clone(), purposes.join(", ")]
    };
    let head = [&*label.name, &label.role, &label.what_for, &label.place, &label.purpose];
    section.table(&label.recipients, &head, all.iter().map(row).collect())
}

/// Where data leaves the European Economic Area, and on what that rests.
pub(crate) fn transfers(section: Section, processing: &Processing, speech: &Speech) -> Section {
    let label = &speech.words.label;
    let Some(all) = &processing.recipients else {
        return section.missing("notice.recipients", speech);
    };
    let outside = all.iter().enumerate().filter(|(_, one)| one.ground != Ground::Inside);
    let mut rows = Vec::new();
    let mut missing = Vec::new();
    for (place, one) in outside {
        match ground(speech, &one.ground) {
            Some(ground) => rows.push(vec![one.name.clone(), one.place.clone(), ground]),
            None => missing.push(format!("notice.recipients[{place}].safeguard")),
        }
    }
    if rows.is_empty() && missing.is_empty() {
        return section.text(&speech.words.phrase.no_transfer);
    }
    let head = [&*label.name, &label.place, &label.ground];
    let section = match rows.is_empty() {
        true => section,
        false => section.table(&label.transfers, &head, rows),
    };
    missing.iter().fold(section, |section, key| section.missing(key, speech))
}

/// What the program does for security, and what the shop does (GDPR Art. 32).
pub(crate) fn security(id: &str, processing: &Processing, speech: &Speech) -> Section {
    let (words, limits) = (&speech.words.security, &processing.limits);
    let (supporters, popular) = (limits.supporters_min.to_string(), limits.popular_min.to_string());
    let numbers = [("{supporters}", supporters.as_str()), ("{popular}", &popular)];
    let transport = if limits.tls { &words.transport_on } else { &words.transport_off };
    let measures = [
        &words.sealed,
        &words.keys,
        &words.pseudonyms,
        &words.permit,
        &words.staff,
        &words.erasure,
        &words.retention,
        &fill(&words.crowd, &numbers),
        &words.logs,
        transport,
    ];
    let measures = measures.into_iter().cloned().collect();
    let section = Section::new(id, &speech.words.label.security).list(measures);
    let section = section.text(&speech.words.phrase.measure_shop);
    match processing.security.is_empty() {
        true => section.missing("notice.security", speech),
        false => section.list(processing.security.clone()),
    }
}

pub(crate) fn basis_of(processing: &Processing, speech: &Speech, purpose: &str) -> String {
    let found = processing.purposes.iter().find(|one| one.purpose == purpose);
    found.map(|one| speech.basis(&one.basis)).unwrap_or_default()
}

fn erased(speech: &Speech, erased: &Erased) -> String {
    match erased {
        Erased::Delete => speech.words.erasure.delete.clone(),
        Erased::Keep { basis, days } => {
            let days = days.to_string();
            fill(&speech.words.erasure.keep, &[("{days}", &days), ("{basis}", basis)])
        }
    }
}

fn role(speech: &Speech, role: Role) -> &str {
    let words = &speech.words.role;
    match role {
        Role::Authority => &words.authority,
        Role::Controller => &words.controller,
        Role::JointController => &words.joint_controller,
        Role::Processor => &words.processor,
    }
}

fn ground(speech: &Speech, ground: &Ground) -> Option<String> {
    let words = &speech.words.ground;
    match ground {
        Ground::Inside => Some(words.inside.clone()),
        Ground::Adequacy { by } => Some(fill(&words.adequacy, &[("{by}", by)])),
        Ground::Safeguard { by } => Some(fill(&words.safeguard, &[("{by}", by)])),
        Ground::Derogation { by } => Some(fill(&words.derogation, &[("{by}", by)])),
        Ground::Missing => None,
    }
}
