//! Words that say what stands near them: "card", "born", "call me at".

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};

use crate::kind::Kind;

/// How far before a value its cue can start, in bytes.
pub const BEFORE_BYTES_MAX: usize = 64;
/// How far behind a value its cue can start, in bytes.
pub const BEHIND_BYTES_MAX: usize = 24;

/// A kind of value and the words that announce it.
type Words = (Kind, &'static [&'static str]);

const WORDS: &[Words] = &[
    (
        Kind::Card,
        &[
            "card",
            "cards",
            "visa",
            "mastercard",
            "master card",
            "maestro",
            "amex",
            "american express",
            "diners",
            "jcb",
            "cc",
            "credit",
            "debit",
            "karte",
            "kreditkarte",
            "carte",
            "tarjeta",
            "cartão",
            "carta",
            "kort",
            "kortnummer",
            "pan",
            "karta",
        ],
    ),
    (
        Kind::Iban,
        &["iban", "account", "konto", "kontonummer", "bank", "bic", "compte", "cuenta", "rekening"],
    ),
    (
        Kind::NationalId,
        &[
            "ssn",
            "social security",
            "social",
            "national id",
            "national insurance",
            "nino",
            "nhs",
            "tax id",
            "taxpayer",
            "tax number",
            "itin",
            "utr",
            "tin",
            "personal number",
            "identity number",
            "id number",
            "id no",
            "personnummer",
            "personnr",
            "fødselsnummer",
            "fodselsnummer",
            "cpr",
            "kennitala",
            "hetu",
            "henkilötunnus",
            "bsn",
            "burgerservicenummer",
            "rijksregisternummer",
            "numéro national",
            "insz",
            "nir",
            "sécurité sociale",
            "securite sociale",
            "numéro de sécu",
            "steuer-id",
            "steuer id",
            "steueridentifikationsnummer",
            "idnr",
            "sozialversicherungsnummer",
            "svnr",
            "sv-nummer",
            "ahv",
            "avs",
            "codice fiscale",
            "dni",
            "nie",
            "nif",
            "nss",
            "contribuinte",
            "pesel",
            "nip",
            "rodné číslo",
            "rodne cislo",
            "rodné číslo",
            "egn",
            "егн",
            "cnp",
            "oib",
            "emšo",
            "emso",
            "jmbg",
            "isikukood",
            "asmens kodas",
            "personas kods",
            "pps",
            "ppsn",
            "afm",
            "αφμ",
            "amka",
            "αμκα",
            "taj",
            "adóazonosító",
            "személyi",
            "matricule",
            "tic",
        ],
    ),
    (
        Kind::Passport,
        &[
            "passport",
            "reisepass",
            "passeport",
            "pasaporte",
            "passaporto",
            "paspoort",
            "pas nr",
            "pass nr",
            "id card",
            "identity card",
            "personalausweis",
            "ausweis",
        ],
    ),
    (
        Kind::DriverLicense,
        &[
            "driver license",
            "drivers license",
            "driver's license",
            "driving licence",
            "driving license",
            "driver licence",
            "driver's licence",
            "dl number",
            "license number",
            "licence number",
            "führerschein",
            "permis de conduire",
        ],
    ),
    (
        Kind::Vehicle,
        &[
            "vin",
            "chassis",
            "license plate",
            "licence plate",
            "number plate",
            "registration",
            "plate",
            "kennzeichen",
            "immatriculation",
            "matrícula",
            "kenteken",
            "registreringsnummer",
        ],
    ),
    (
        Kind::Phone,
        &[
            "phone",
            "telephone",
            "tel",
            "telefon",
            "téléphone",
            "teléfono",
            "telefono",
            "mobile",
            "mobil",
            "cell",
            "cellphone",
            "handy",
            "fax",
            "desk",
            "call",
            "calling",
            "called",
            "dial",
            "ring",
            "sms",
            "text",
            "texts",
            "message",
            "messages",
            "whatsapp",
            "reach",
            "contact",
            "number is",
            "registered",
            "office",
            "answering",
            "hotline",
            "nummer",
            "numéro",
            "número",
            "puhelin",
            "telefoon",
            "tlf",
            "gsm",
            "my number",
            "phone number",
        ],
    ),
    (
        Kind::DateOfBirth,
        &[
            "born",
            "birth",
            "birthday",
            "birthdate",
            "dob",
            "d.o.b",
            "geboren",
            "geburtsdatum",
            "né le",
            "née le",
            "naissance",
            "nacido",
            "nacida",
            "nacimiento",
            "nato il",
            "nata il",
            "född",
            "født",
            "syntynyt",
            "geboortedatum",
            "urodzony",
            "urodzona",
        ],
    ),
    (
        Kind::PostalCode,
        &[
            "zip",
            "zipcode",
            "zip code",
            "postal code",
            "postcode",
            "plz",
            "postleitzahl",
            "code postal",
            "código postal",
            "postnummer",
        ],
    ),
    (Kind::Age, &["age", "aged", "years old", "year old", "turned", "turning", "y/o", "alter"]),
    (
        Kind::Address,
        &[
            "address",
            "addresses",
            "live at",
            "lives at",
            "deliver to",
            "send to",
            "sent to",
            "ship to",
            "meet at",
            "meet me at",
            "meet you at",
            "taxi to",
            "is at",
            "located at",
            "corner of",
            "adresse",
            "anschrift",
            "dirección",
            "indirizzo",
            "adres",
            "adress",
            "return to",
            "lives on",
            "live on",
            "off at",
            "enter on",
        ],
    ),
    (Kind::Crypto, &["bitcoin", "btc", "wallet", "ethereum", "eth", "crypto", "coin", "bch"]),
];

/// One cue in a text.
#[derive(Clone, Copy, Debug)]
struct Cue {
    start: u32,
    end: u32,
    kind: Kind,
}

/// Finds cues in one pass.
#[derive(Debug)]
pub struct Cues {
    automaton: AhoCorasick,
    kinds: Vec<Kind>,
}

impl Cues {
    /// Builds the automaton; `None` when the words do not fit one, which a test excludes.
    pub fn new() -> Option<Self> {
        let mut words = Vec::new();
        let mut kinds = Vec::new();
        for (kind, list) in WORDS {
            for word in *list {
                words.push(*word);
                kinds.push(*kind);
            }
        }
        let automaton = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(aho_corasick::AhoCorasickKind::DFA))
            .build(words)
            .ok()?;
        Some(Self { automaton, kinds })
    }

    /// The cues of a text.
    pub fn of(&self, text: &str) -> Found {
        let mut list = Vec::new();
        let bytes = text.as_bytes();
        let letter = |at: Option<usize>| {
            at.and_then(|at| bytes.get(at)).is_some_and(|b| b.is_ascii_alphanumeric() || *b >= 0x80)
        };
        for found in self.automaton.find_iter(text) {
            // What an operator wrote, `[card]`, announces nothing.
            let before = found.start().checked_sub(1);
            let ours = before.and_then(|at| bytes.get(at)) == Some(&b'[');
            if ours || letter(before) || letter(Some(found.end())) {
                continue;
            }
            let Some(kind) = self.kinds.get(found.pattern().as_usize()) else { continue };
            let narrow = |at| u32::try_from(at).unwrap_or(u32::MAX);
            list.push(Cue { start: narrow(found.start()), end: narrow(found.end()), kind: *kind });
        }
        Found { list }
    }
}

/// The cues of one text.
#[derive(Debug, Default)]
pub struct Found {
    list: Vec<Cue>,
}

/// Most cues that are looked at for one value.
const LOOKED_AT_MAX: usize = 12;

impl Found {
    /// Whether a cue of a kind stands near a value.
    pub fn near(&self, kind: Kind, start: usize, end: usize) -> bool {
        if self.list.is_empty() {
            return false;
        }
        let behind = self.list.partition_point(|cue| (cue.end as usize) <= start);
        let before = self.list.iter().take(behind).rev().take(LOOKED_AT_MAX);
        let is_before =
            |cue: &Cue| cue.kind == kind && cue.start as usize + BEFORE_BYTES_MAX >= start;
        if before.into_iter().any(is_before) {
            return true;
        }
        let is_behind = |cue: &Cue| {
            let at = cue.start as usize;
            cue.kind == kind && at >= end && at <= end + BEHIND_BYTES_MAX
        };
        self.list.iter().skip(behind).take(LOOKED_AT_MAX).any(is_behind)
    }

    /// Whether the text has no cue at all.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

#[cfg(test)]
mod tests;
