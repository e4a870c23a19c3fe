//! Our codec beside the reference codec (`@iabgpp/cmpapi`, in Node) over thousands of models.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use consent::bits::Pad;
use consent::gpp::Gpp;
use consent::gpp::canada::{PublisherPurposes, TcfCa};
use consent::gpp::error::Why;
use consent::gpp::ids::Coding;
use consent::gpp::layout::{Extra, UsField};
use consent::gpp::section::{Section, SectionId};
use consent::gpp::us::UsSection;
use consent::tcf::sets::{
    CustomPurposeSet, IdSet, PurposeSet, SpecialFeatureSet, VendorId, VendorSet,
};
use consent::tcf::{Deciseconds, TwoLetters};
use serde_json::{Map, Value, json};

use crate::models::{Random, any_gpp};

const MODELS: u64 = 2_000;

/// Runs the reference codec over lines; gives what it says to each.
#[track_caller]
fn reference(lines: &[Value]) -> Vec<Value> {
    let modules = std::env::var_os("CONFIDANT_NODE_MODULES");
    let modules = modules.expect("CONFIDANT_NODE_MODULES is not set; run `cargo xtask test`");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gpp/reference.mjs");
    let mut node = Command::new("node")
        .arg(script)
        .env("CONFIDANT_NODE_MODULES", modules)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("node runs; `cargo xtask test` installs it");
    // The script reads all of it before it writes, so neither side waits for the other.
    let mut input = node.stdin.take().unwrap();
    for line in lines {
        writeln!(input, "{line}").unwrap();
    }
    drop(input);
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    let said: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(said.len(), lines.len());
    said
}

/// The section as the reference names and holds it.
fn plain(section: &Section) -> Value {
    match section {
        Section::Us(section) => json!([section.id().as_str(), plain_us(section)]),
        Section::TcfCa(section) => json!(["tcfcav1", plain_canada(section)]),
        Section::UsPrivacy(string) => {
            let text = string.encode();
            let at = |at: usize| text.get(at..=at).unwrap();
            let fields = json!({
                "Version": 1, "Notice": at(1), "OptOutSale": at(2), "LspaCovered": at(3),
            });
            json!(["uspv1", fields])
        }
        Section::TcfEu(_) | Section::Unknown { .. } => panic!("not generated"),
    }
}

fn plain_us(section: &UsSection) -> Map<String, Value> {
    let is_mspa = section.layout().is_mspa_version;
    let version = if is_mspa { "MspaVersion" } else { "Version" };
    let mut fields = Map::from_iter([(version.to_owned(), json!(section.version()))]);
    for field in UsField::ALL {
        let Some(values) = section.get(field) else { continue };
        let name = match (section.id(), field) {
            (SectionId::UsIa, UsField::SensitiveDataProcessingOptOutNotice) => {
                "SensitiveDataOptOutNotice"
            }
            _ => field.as_str(),
        };
        let value = if let [one] = values { json!(one) } else { json!(values) };
        fields.insert(name.to_owned(), value);
    }
    match section.layout().extra {
        Extra::None => {}
        Extra::Gpc => {
            fields.insert("GpcSegmentIncluded".to_owned(), json!(section.gpc().is_some()));
            fields.insert("Gpc".to_owned(), json!(section.gpc().unwrap_or(false)));
        }
        Extra::SensitiveConsents => {
            let included = section.get(UsField::SensitiveDataProcessing).is_some();
            fields.insert("SensitiveDataConsentSegmentIncluded".to_owned(), json!(included));
        }
    }
    fields
}

fn plain_canada(section: &TcfCa) -> Value {
    let publisher = section.publisher.unwrap();
    let restrictions = section.restrictions.iter().map(|(purpose, kind, vendors)| {
        json!({ "key": purpose, "type": kind.code(), "ids": ids(vendors) })
    });
    json!({
        "CmpId": section.cmp_id,
        "CmpVersion": section.cmp_version,
        "ConsentScreen": section.consent_screen,
        "ConsentLanguage": section.consent_language.as_str(),
        "VendorListVersion": section.vendor_list_version,
        "TcfPolicyVersion": section.tcf_policy_version,
        "UseNonStandardStacks": section.use_non_standard_stacks,
        "SpecialFeatureExpressConsent": flags(section.special_features, 12),
        "PurposesExpressConsent": flags(section.express, 24),
        "PurposesImpliedConsent": flags(section.implied, 24),
        "VendorExpressConsent": ids(&section.vendors_express),
        "VendorImpliedConsent": ids(&section.vendors_implied),
        "PubRestrictions": Vec::from_iter(restrictions),
        "PubPurposesExpressConsent": flags(publisher.express, 24),
        "PubPurposesImpliedConsent": flags(publisher.implied, 24),
        "NumCustomPurposes": publisher.custom,
        "CustomPurposesExpressConsent": flags(publisher.custom_express, publisher.custom),
        "CustomPurposesImpliedConsent": flags(publisher.custom_implied, publisher.custom),
        "DisclosedVendors": section.disclosed.as_ref().map(ids).unwrap_or_default(),
        "Created": section.created.timestamp().ms(),
        "LastUpdated": section.last_updated.timestamp().ms(),
    })
}

fn ids(vendors: &VendorSet) -> Vec<u16> {
    vendors.iter().map(VendorId::get).collect()
}

fn flags<const WIDTH_BITS: u32>(set: IdSet<WIDTH_BITS>, up_to: u8) -> Vec<bool> {
    (1..=up_to).map(|id| set.contains(id)).collect()
}

/// A line for the reference: the string, and its fields to be written anew.
fn line(text: &str, gpp: &Gpp) -> Value {
    let sections: Vec<Value> = gpp
        .sections()
        .iter()
        .map(|section| {
            let mut plain = plain(section);
            // The reference holds the long lists of US national and writes as many as the version has.
            if let Section::Us(us) = section
                && us.id() == SectionId::UsNat
            {
                for (field, count) in
                    [("SensitiveDataProcessing", 16), ("KnownChildSensitiveDataConsents", 3)]
                {
                    let values = plain[1][field].as_array_mut().unwrap();
                    values.resize(count, json!(0));
                }
            }
            plain
        })
        .collect();
    json!({ "text": text, "sections": sections })
}

#[test]
fn both_codecs_write_and_read_the_same() {
    let random = &mut Random(0x6770_7032);
    let models: Vec<Gpp> = (0..MODELS).map(|_| any_gpp(random)).collect();
    let texts: Vec<String> = models.iter().map(|gpp| gpp.encode_with(Pad::Byte).unwrap()).collect();
    let lines = texts.iter().zip(&models).map(|(text, gpp)| line(text, gpp));
    let said = reference(&lines.collect::<Vec<_>>());
    for ((gpp, text), said) in models.iter().zip(&texts).zip(said) {
        assert_eq!(said["written"], json!(text), "{gpp:?}");
        assert_eq!(Gpp::decode(text).as_ref(), Ok(gpp), "{text}");
        for section in gpp.sections() {
            compare(&plain(section), &said["read"], text);
        }
        let sections = said["read"].as_object().unwrap_or_else(|| panic!("{text}: {said}"));
        assert_eq!(sections.len(), gpp.sections().len(), "{text}");
    }
}

/// Every field of ours is what the reference reads, but for what it does not tell.
#[track_caller]
fn compare(plain: &Value, read: &Value, text: &str) {
    let (name, fields) = (plain[0].as_str().unwrap(), plain[1].as_object().unwrap());
    for (field, value) in fields {
        let found = &read[name][field];
        match field.as_str() {
            "GpcSegmentIncluded" | "SensitiveDataConsentSegmentIncluded" => {}
            "Created" | "LastUpdated" => {
                let ms = value.as_i64().unwrap();
                let date = found.as_str().unwrap();
                assert!(date.ends_with('Z') && is_at(date, ms), "{text} {field} {date} {ms}");
            }
            _ => assert_eq!(found, value, "{text} {name} {field}"),
        }
    }
}

/// Whether an ISO 8601 time is so many milliseconds after 1970, seen at its end of a minute.
fn is_at(date: &str, ms: i64) -> bool {
    let second: f64 = date.get(17..23).unwrap().parse().unwrap();
    (second * 1000.0 - f64::from(i32::try_from(ms % 60_000).unwrap())).abs() < 0.5
}

/// What the reference reads in a text; `null` where it refuses.
fn reads(texts: &[&str]) -> Vec<Value> {
    let lines: Vec<Value> = texts.iter().map(|text| json!({ "text": text })).collect();
    reference(&lines).into_iter().map(|said| said["read"].clone()).collect()
}

/// The national specification of version 2 has 16 categories and 3 age groups. The reference looks
/// at the version, which older encoders set to 1, and drops a no to the last four categories.
#[test]
fn the_reference_drops_values_of_us_national_that_we_read() {
    let text = "DBABLA~BVVKqqqqqoCA";
    let theirs = &reads(&[text])[0]["usnat"];
    assert_eq!(theirs["SensitiveDataProcessing"], json!([2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]));
    let ours = Gpp::decode(text).unwrap();
    let ours = ours.us().next().unwrap();
    assert_eq!(ours.get(UsField::SensitiveDataProcessing), Some(&[2; 16][..]));
    assert_eq!(ours.get(UsField::KnownChildSensitiveDataConsents), Some(&[2, 0, 0][..]));
}

/// No specification gives 3 a meaning, the US privacy string has one version and three characters,
/// and the header of a section (Maryland, section "Section Header") is not its core.
#[test]
fn the_reference_reads_what_the_specifications_do_not_have() {
    let texts = ["DBABLA~B____________", "DBABTA~2YNN", "DBABTA~1YXN"];
    let theirs = reads(&texts);
    assert_eq!(theirs[0]["usnat"]["SaleOptOut"], json!(3));
    assert_eq!(theirs[1]["uspv1"]["Version"], json!(2));
    assert_eq!(theirs[2]["uspv1"]["OptOutSale"], json!("X"));
    for text in texts {
        assert!(Gpp::decode(text).is_err(), "{text}");
    }
    let core = UsSection::decode(SectionId::UsMd, "BZVU.YA").unwrap();
    let header = Gpp::new(vec![Section::Unknown { number: 24, text: "YBABM.BZVU.YA".to_owned() }]);
    let header = header.unwrap().encode().unwrap();
    assert_eq!(Gpp::decode(&header).unwrap().sections(), [Section::Us(core)]);
    let theirs = &reads(&[&header])[0]["usmd"];
    assert_ne!(theirs["SaleOptOut"], json!(core.get(UsField::SaleOptOut).unwrap()[0]));
}

/// Data type `OptimizedRange`: a bit first, and a length only before a bit field. The reference
/// writes a length always and first; a string that follows the specification becomes another one.
#[test]
fn the_reference_does_not_read_the_specified_coding_of_canada() {
    let mut section = TcfCa::new(Deciseconds::new(0).unwrap(), TwoLetters::parse("EN").unwrap());
    section.vendors_express = [12, 24, 48].into_iter().filter_map(VendorId::new).collect();
    section.special_features = SpecialFeatureSet::of(&[1]);
    section.express = PurposeSet::of(&[2]);
    section.publisher = Some(PublisherPurposes {
        custom: 1,
        custom_express: CustomPurposeSet::of(&[1]),
        ..PublisherPurposes::default()
    });
    let text = section.encode_in(Coding::Literal, Pad::Sextet).unwrap();
    let header = Gpp::new(vec![Section::Unknown { number: 5, text }]).unwrap().encode().unwrap();
    assert_eq!(Gpp::decode(&header).unwrap().sections(), [Section::TcfCa(Box::new(section))]);
    let theirs = &reads(&[&header])[0];
    assert_ne!(theirs["tcfcav1"]["VendorExpressConsent"], json!([12, 24, 48]));
}

/// Where the specification is clear both refuse.
#[test]
fn both_codecs_refuse_the_same() {
    let texts =
        ["DBABTA~1YNN~x", "DBABTA", "DBACTMA~1YNN", "DCABTA~1YNN", "DBABLA~B", "DBABLA~BV%qAAAACg"];
    for (text, theirs) in texts.iter().zip(reads(&texts)) {
        assert_eq!(theirs, Value::Null, "{text}");
        assert!(Gpp::decode(text).is_err(), "{text}");
    }
    let error = Gpp::decode("DBABTA").unwrap_err();
    assert_eq!(error.why, Why::Sections { listed: 1, found: 0 });
}
