//! Models of TC strings, made from a seed: every field over its whole width, vendors as CMPs
//! write them (few, dense, in ranges, none) and now and then up to the largest.

use consent::tcf::decode::decode;
use consent::tcf::encode::encode;
use consent::tcf::restrictions::{RestrictionKind, Restrictions};
use consent::tcf::sets::{
    CustomPurposeSet, IdSet, PurposeSet, SpecialFeatureSet, VendorId, VendorRange, VendorSet,
};
use consent::tcf::{CmpId, Core, Deciseconds, PublisherTc, TcString, TwoLetters};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

/// The example of TCF 2.3 in the specification.
pub(crate) const EXAMPLE_23: &str =
    "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA";

pub(crate) fn vendor(id: u16) -> VendorId {
    VendorId::new(id).unwrap()
}

/// The text of a model, by the CMP that the model names.
pub(crate) fn text(model: &TcString) -> String {
    encode(model, CmpId::new(model.core.cmp_id).unwrap()).unwrap()
}

/// The specification's example with a change.
pub(crate) fn example(change: impl FnOnce(&mut TcString)) -> TcString {
    let mut string = decode(EXAMPLE_23).unwrap();
    string.core.policy_version = 5;
    change(&mut string);
    string
}

fn ids<const WIDTH_BITS: u32>() -> impl Strategy<Value = IdSet<WIDTH_BITS>> {
    let largest = u8::try_from(WIDTH_BITS).unwrap();
    vec(1..=largest, 0..12).prop_map(|ids| IdSet::of(&ids))
}

fn letters() -> impl Strategy<Value = TwoLetters> {
    "[A-Z]{2}".prop_map(|text| TwoLetters::parse(&text).unwrap())
}

fn time() -> impl Strategy<Value = Deciseconds> {
    let days =
        (0..Deciseconds::MAX.get() / Deciseconds::DAY).prop_map(|day| day * Deciseconds::DAY);
    prop_oneof![days, 0..=Deciseconds::MAX.get()].prop_map(|time| Deciseconds::new(time).unwrap())
}

fn set(ranges: impl IntoIterator<Item = (u16, u16)>) -> VendorSet {
    let mut set = VendorSet::new();
    for (first, last) in ranges {
        set.insert_range(VendorRange { first: vendor(first), last: vendor(last) });
    }
    set
}

fn few_vendors() -> impl Strategy<Value = VendorSet> {
    btree_set(1..1_500_u16, 1..20).prop_map(|ids| set(ids.into_iter().map(|id| (id, id))))
}

fn ranges() -> impl Strategy<Value = VendorSet> {
    let range = (1..1_300_u16, 0..200_u16).prop_map(|(first, more)| (first, first + more));
    vec(range, 1..8).prop_map(set)
}

/// Every vendor of a list is in or out by itself.
fn dense() -> impl Strategy<Value = VendorSet> {
    (1..1_200_u16, 1..10_u8).prop_flat_map(|(count, tenths)| {
        vec(0..10_u8, usize::from(count)).prop_map(move |dice| {
            let chosen = (1..).zip(dice).filter(|(_, die)| *die < tenths);
            set(chosen.map(|(id, _)| (id, id)))
        })
    })
}

fn far() -> impl Strategy<Value = VendorSet> {
    let range = (1..=u16::MAX, 0..600_u16);
    vec(range, 1..4).prop_map(|ranges| {
        set(ranges.into_iter().map(|(first, more)| (first, first.saturating_add(more))))
    })
}

pub(crate) fn vendors() -> impl Strategy<Value = VendorSet> {
    prop_oneof![
        2 => Just(VendorSet::new()),
        6 => few_vendors(),
        6 => ranges(),
        6 => dense(),
        1 => far(),
    ]
}

fn restrictions() -> impl Strategy<Value = Restrictions> {
    let kind = prop_oneof![
        Just(RestrictionKind::NotAllowed),
        Just(RestrictionKind::RequireConsent),
        Just(RestrictionKind::RequireLegitimateInterest),
    ];
    let purpose = prop_oneof![9 => 1..=11_u8, 1 => 1..=63_u8];
    let one = (purpose, kind, prop_oneof![few_vendors(), ranges()]);
    vec(one, 0..5).prop_map(|all| {
        let mut restrictions = Restrictions::new();
        for (purpose, kind, vendors) in all {
            restrictions.add(purpose, kind, &vendors);
        }
        restrictions
    })
}

fn publisher() -> impl Strategy<Value = PublisherTc> {
    (ids::<24>(), ids::<24>(), 0..=63_u8, ids::<63>(), ids::<63>()).prop_map(
        |(consent, li, count, custom_consent, custom_li)| {
            let below = |set: CustomPurposeSet| {
                CustomPurposeSet::of(&set.iter().filter(|id| *id <= count).collect::<Vec<_>>())
            };
            PublisherTc {
                purposes_consent: consent,
                purposes_li_transparency: li,
                custom_purposes: count,
                custom_consent: below(custom_consent),
                custom_li_transparency: below(custom_li),
            }
        },
    )
}

type Purposes = (SpecialFeatureSet, PurposeSet, PurposeSet, bool);

fn core() -> impl Strategy<Value = Core> {
    let cmp = (2..=4_095_u16, 0..=4_095_u16, 0..=63_u8, 0..=4_095_u16, 0..=63_u8);
    let purposes = (ids::<12>(), ids::<24>(), ids::<24>(), any::<bool>());
    let flags = (any::<bool>(), any::<bool>());
    let vendors = (vendors(), vendors(), restrictions());
    (time(), time(), cmp, letters(), letters(), flags, purposes, vendors).prop_map(
        |(created, last_updated, cmp, language, country, flags, purposes, vendors)| {
            let (cmp_id, cmp_version, consent_screen, vendor_list_version, policy_version) = cmp;
            let (features, consent, li, purpose_one_treatment): Purposes = purposes;
            let (vendor_consents, vendor_li, restrictions) = vendors;
            Core {
                created,
                last_updated,
                cmp_id,
                cmp_version,
                consent_screen,
                consent_language: language,
                vendor_list_version,
                policy_version,
                is_service_specific: flags.0,
                use_non_standard_texts: flags.1,
                special_feature_opt_ins: features,
                purposes_consent: consent,
                purposes_li_transparency: li,
                purpose_one_treatment,
                publisher_cc: country,
                vendor_consents,
                vendor_li,
                restrictions,
            }
        },
    )
}

/// Any model that a string can carry, of the restrictions only those that mean something.
pub(crate) fn model() -> impl Strategy<Value = TcString> {
    use proptest::option::{of, weighted};
    (core(), of(vendors()), weighted(0.2, vendors()), of(publisher())).prop_map(
        |(core, disclosed_vendors, allowed_vendors, publisher)| TcString {
            disclosed_vendors,
            allowed_vendors,
            publisher,
            ..TcString::of(core)
        },
    )
}

/// What happens to a string on its way.
#[derive(Clone, Debug)]
pub(crate) enum Damage {
    /// A character becomes another one.
    Change(u8),
    /// The end is cut off.
    Cut,
    /// A character comes in.
    Insert(u8),
    /// A character is lost.
    Drop,
    /// A part stands twice.
    Twice,
}

/// A string of a generated model, damaged at some places.
pub(crate) fn damaged() -> impl Strategy<Value = String> {
    const CHARACTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    let character = || (0..CHARACTERS.len()).prop_map(|at| CHARACTERS[at]);
    let damage = prop_oneof![
        6 => character().prop_map(Damage::Change),
        2 => Just(Damage::Cut),
        1 => character().prop_map(Damage::Insert),
        1 => Just(Damage::Drop),
        1 => Just(Damage::Twice),
    ];
    let places = vec((any::<prop::sample::Index>(), damage), 1..3);
    (model(), places).prop_map(|(model, places)| {
        let mut bytes = text(&model).into_bytes();
        for (index, damage) in places {
            if bytes.is_empty() {
                break;
            }
            // Half of all damage hits the fields before the vendors.
            let at = if index.index(2) == 0 {
                index.index(bytes.len().min(40))
            } else {
                index.index(bytes.len())
            };
            match damage {
                Damage::Change(to) => bytes[at] = to,
                Damage::Cut => bytes.truncate(at),
                Damage::Insert(new) => bytes.insert(at, new),
                Damage::Drop => drop(bytes.remove(at)),
                Damage::Twice => bytes.extend_from_within(at..),
            }
        }
        String::from_utf8(bytes).unwrap()
    })
}
