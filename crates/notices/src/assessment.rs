//! The draft of a data protection impact assessment (GDPR Art. 35(7)).
//!
//! What can be computed is stated; what the shop has to assess is a question with a name. The nine
//! criteria are those of the guidelines WP 248 rev. 01.

use crate::document::{Part, Section};
use crate::facts::Processing;
use crate::speech::Speech;
use crate::tables;

/// The draft.
pub(crate) fn draft(processing: &Processing, speech: &Speech) -> Vec<Section> {
    let (words, label) = (&speech.words.dpia, &speech.words.label);
    let mut sections = vec![
        Section::new("scope", &processing.shop).text(&words.intro).text(&speech.words.phrase.scope),
        tables::controller("controller", &label.controller, processing, speech),
        description(processing, speech),
        tables::recipients(Section::new("recipients", &label.recipients), processing, speech),
        tables::transfers(Section::new("transfers", &label.transfers), processing, speech),
    ];
    sections.push(Section::new("necessity", &words.necessity).text(&words.necessity_text));
    sections.push(criteria(processing, speech));
    sections.push(risks(speech));
    sections.push(tables::security("security", processing, speech));
    sections.push(questions(processing, speech));
    sections
}

/// Art. 35(7)(a).
fn description(processing: &Processing, speech: &Speech) -> Section {
    let (words, label) = (&speech.words.dpia, &speech.words.label);
    let rows = processing.purposes.iter().map(|one| {
        let tables = processing.tables_of(&one.purpose);
        let kept: Vec<String> = tables
            .map(|table| {
                let (what, days) = (speech.table(&table.table), speech.days(table.keep_days_max));
                format!("{what} ({days})")
            })
            .collect();
        let data = if kept.is_empty() { label.none.clone() } else { kept.join("; ") };
        vec![speech.purpose(&one.purpose), speech.basis(&one.basis), data]
    });
    let head = [&*label.purpose, &label.basis, &label.data];
    Section::new("description", &words.description)
        .table(&words.description, &head, rows.collect())
        .text(&speech.words.notice.automated_text)
}

fn criteria(processing: &Processing, speech: &Speech) -> Section {
    let words = &speech.words.dpia;
    let vulnerable = match processing.limits.child_directed {
        true => &words.vulnerable_yes,
        false => &words.vulnerable_no,
    };
    let rows = [
        (&words.scoring, &words.scoring_found),
        (&words.decision, &words.decision_found),
        (&words.monitoring, &words.monitoring_found),
        (&words.sensitive, &words.sensitive_found),
        (&words.scale, &words.scale_found),
        (&words.matching, &words.matching_found),
        (&words.vulnerable, vulnerable),
        (&words.innovation, &words.innovation_found),
        (&words.barrier, &words.barrier_found),
    ];
    let rows = rows.into_iter().map(|(name, found)| vec![name.clone(), found.clone()]);
    let head = [&*words.criterion, &words.finding];
    Section::new("criteria", &words.criteria).table(&words.criteria, &head, rows.collect())
}

/// Art. 35(7)(c) and (d).
fn risks(speech: &Speech) -> Section {
    let words = &speech.words.dpia;
    let rows = [
        (&words.risk_theft, &words.risk_theft_by),
        (&words.risk_insider, &words.risk_insider_by),
        (&words.risk_purpose, &words.risk_purpose_by),
        (&words.risk_inference, &words.risk_inference_by),
        (&words.risk_sensitive, &words.risk_sensitive_by),
        (&words.risk_persistence, &words.risk_persistence_by),
        (&words.risk_steering, &words.risk_steering_by),
    ];
    let rows = rows.into_iter().map(|(risk, by)| vec![risk.clone(), by.clone()]).collect();
    Section::new("risks", &words.risks).table(&words.risks, &[&words.risk, &words.countered], rows)
}

fn questions(processing: &Processing, speech: &Speech) -> Section {
    let words = &speech.words.dpia;
    let interests = processing.purposes.iter().any(|one| one.basis == "legitimate_interests");
    let asked = [
        ("scale", &words.q_scale, true),
        ("sensitive", &words.q_sensitive, true),
        ("necessity", &words.q_necessity, true),
        ("imports", &words.q_imports, true),
        ("tools", &words.q_tools, true),
        ("children", &words.q_children, !processing.limits.child_directed),
        ("access", &words.q_access, true),
        ("interests", &words.q_interests, interests),
        ("views", &words.q_views, true),
        ("officer", &words.q_officer, true),
        ("residual", &words.q_residual, true),
        ("review", &words.q_review, true),
    ];
    let mut section = Section::new("questions", &speech.words.label.questions);
    for (id, text, counts) in asked {
        if counts {
            section.parts.push(Part::Question { id: id.to_owned(), text: text.clone() });
        }
    }
    section
}
