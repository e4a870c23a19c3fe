//! The shop that the tests of this crate use: everything said, every table declared.

use personal::kinds::DECLARATIONS;
use personal::purpose::{LawfulBasis, PurposeName};
use personal::register::READERS;

use crate::facts::{
    Controller, Ground, Limits, Processing, Recipient, Role, Source, Technical, processing,
};
use crate::speech::{Named, Speech};
use crate::words::Words;

pub(crate) fn technical() -> Vec<Technical> {
    ["shop", "document", "key", "intent", "tombstone", "secret"]
        .map(|table| Technical {
            file: "data.db".to_owned(),
            table: table.to_owned(),
            columns: vec!["id".to_owned()],
        })
        .to_vec()
}

pub(crate) fn controller() -> Controller {
    Controller {
        name: "Nordlicht <Mode> GmbH".to_owned(),
        address: "Am Kai 1, Kiel".to_owned(),
        contact: "privacy@shop.example".to_owned(),
        consent_page: "https://shop.example/privacy".to_owned(),
        rights_page: "https://shop.example/rights".to_owned(),
        stored_in: vec!["DE".to_owned()],
        authority: "ULD Schleswig-Holstein".to_owned(),
        officer: "dpo@shop.example".to_owned(),
        representative: "none".to_owned(),
    }
}

pub(crate) fn host() -> Recipient {
    Recipient {
        name: "Host & Co".to_owned(),
        role: Role::Processor,
        what_for: "runs the machine".to_owned(),
        place: "US".to_owned(),
        purposes: Vec::new(),
        ground: Ground::Safeguard { by: "standard contractual clauses".to_owned() },
    }
}

pub(crate) fn source() -> Source<'static> {
    Source {
        shop: "clothes",
        controller: controller(),
        asked: &[
            PurposeName::Personalization,
            PurposeName::SharedLearning,
            PurposeName::Measurement,
            PurposeName::Marketing,
        ],
        declarations: &DECLARATIONS,
        readers: &READERS,
        technical: technical(),
        recipients: Some(vec![host()]),
        security: vec!["Two people hold the shop's key.".to_owned()],
        limits: Limits {
            backup_keep_days: 30,
            consent_days_max: 395,
            supporters_min: 2,
            popular_min: 5,
            child_directed: false,
            tls: true,
        },
    }
}

pub(crate) fn all() -> Processing {
    processing(&source())
}

/// Words as a banner would lend them.
pub(crate) fn named() -> Named {
    let asked = |purpose: &PurposeName| purpose.basis() == LawfulBasis::Consent;
    let purposes = PurposeName::ALL.into_iter().filter(asked);
    let words = |purpose: PurposeName| {
        let name = purpose.as_str().to_lowercase();
        (purpose, (format!("banner's {name}"), format!("text of {name}")))
    };
    let tables = DECLARATIONS.iter().filter(|one| asked(&one.purpose));
    let tables = tables.map(|one| (one.table.to_owned(), format!("banner's {}", one.table)));
    Named { purposes: purposes.map(words).collect(), tables: tables.collect() }
}

pub(crate) fn speech(file: &str) -> Speech {
    let words = Words::parse(file).unwrap();
    Speech::new(words, &named(), &DECLARATIONS, &technical()).unwrap()
}

pub(crate) fn english() -> Speech {
    speech(include_str!("../words/en.toml"))
}
