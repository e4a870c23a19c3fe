use std::collections::BTreeSet;

use super::{LAYOUTS, USNAT_V1, UsField, layout};
use crate::gpp::section::SectionId;
use crate::gpp::us::VALUES_MAX;

/// Lengths of the core in bits, from the field types of each section's specification.
#[test]
fn cores_are_as_long_as_specified() {
    let bits: Vec<_> = LAYOUTS.iter().map(|one| (one.id, 6 + 2 * one.core_values())).collect();
    let expected = [
        (SectionId::UsNat, 70),
        (SectionId::UsCa, 46),
        (SectionId::UsVa, 40),
        (SectionId::UsCo, 38),
        (SectionId::UsUt, 42),
        (SectionId::UsCt, 44),
        (SectionId::UsFl, 46),
        (SectionId::UsMt, 46),
        (SectionId::UsOr, 52),
        (SectionId::UsTx, 42),
        (SectionId::UsDe, 52),
        (SectionId::UsIa, 42),
        (SectionId::UsNe, 42),
        (SectionId::UsNh, 46),
        (SectionId::UsNj, 54),
        (SectionId::UsTn, 42),
        (SectionId::UsMn, 42),
        (SectionId::UsMd, 22),
        (SectionId::UsIn, 24),
        (SectionId::UsKy, 24),
        (SectionId::UsRi, 24),
    ];
    assert_eq!(bits, expected);
    assert_eq!(6 + 2 * USNAT_V1.core_values(), 60);
}

#[test]
fn every_us_section_has_one_layout_that_fits() {
    let us = SectionId::ALL.into_iter().filter(|id| id.number() >= 7);
    assert!(us.clone().eq(LAYOUTS.iter().map(|layout| layout.id)));
    for id in us {
        let found = layout(id).unwrap();
        let fields: BTreeSet<UsField> = found.core.iter().map(|(field, _)| *field).collect();
        assert_eq!(fields.len(), found.core.len(), "{id:?} names a field twice");
        assert!(found.values() <= VALUES_MAX, "{id:?}");
        assert!(fields.contains(&UsField::SaleOptOut), "{id:?}");
        assert!(fields.contains(&UsField::MspaCoveredTransaction), "{id:?}");
    }
    assert!(layout(SectionId::TcfEu).is_none());
}

#[test]
fn names_are_the_specifications() {
    for field in UsField::ALL {
        assert_eq!(format!("{field:?}"), field.as_str());
    }
    for id in SectionId::ALL {
        assert_eq!(SectionId::from_number(id.number()), Some(id));
    }
    assert_eq!(SectionId::from_number(3), None);
    assert_eq!(SectionId::from_number(28), None);
}
