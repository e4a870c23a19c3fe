//! The most specific weights answer; sections that mean nothing are refused.

use super::{Blends, SECTIONS_MAX, Section, SectionError, Tier};
use crate::blend::{BlendError, GroupWeights};
use crate::plan::Plan;

fn section(placement: Option<&str>, tier: Option<Tier>) -> Section {
    let groups = Plan::shipped().blend.groups;
    Section { placement: placement.map(str::to_owned), tier, scorers: vec![], groups }
}

fn blends(sections: Vec<Section>) -> Result<Blends, SectionError> {
    Blends::new(&Plan { sections, ..Plan::shipped() })
}

#[track_caller]
fn check(blends: &Blends, placement: &str, tier: Tier, expected: &str) {
    assert_eq!(blends.name(blends.choose(placement, tier)), expected);
}

#[test]
fn the_most_specific_section_answers() {
    let blends = blends(vec![
        section(None, Some(Tier::History)),
        section(Some("cart"), None),
        section(Some("cart"), Some(Tier::Visit)),
    ])
    .unwrap();
    check(&blends, "home", Tier::Visit, "default");
    check(&blends, "home", Tier::History, "tier history");
    check(&blends, "cart", Tier::History, "placement cart");
    check(&blends, "cart", Tier::Anonymous, "placement cart");
    check(&blends, "cart", Tier::Visit, "placement cart, tier visit");
}

#[test]
fn a_section_has_its_own_weights_and_scorers() {
    let mut own = section(None, Some(Tier::Anonymous));
    own.scorers = Plan::shipped().blend.scorers.into_iter().take(1).collect();
    own.groups = vec![GroupWeights { visit_items_min: 0, seen: 7, ..GroupWeights::default() }];
    let blends = blends(vec![own]).unwrap();
    let chosen = blends.of(blends.choose("home", Tier::Anonymous)).settings();
    assert_eq!((chosen.scorers.len(), chosen.groups[0].seen), (1, 7));
    let default = blends.of(blends.choose("home", Tier::Visit)).settings();
    assert_eq!(*default, Plan::shipped().blend);
}

#[test]
fn sections_that_mean_nothing_are_refused() {
    let refused = |sections| blends(sections).unwrap_err();
    assert_eq!(refused(vec![section(None, None)]), SectionError::Everywhere { place: 1 });
    assert_eq!(refused(vec![section(Some("The Cart"), None)]), SectionError::Name { place: 1 });
    let twice = vec![section(Some("cart"), None), section(Some("cart"), None)];
    assert_eq!(refused(twice), SectionError::Twice { name: "placement cart".to_owned() });
    let many = (0..=SECTIONS_MAX).map(|n| section(Some(&format!("p{n}")), None)).collect();
    assert_eq!(refused(many), SectionError::TooMany { count: SECTIONS_MAX + 1 });
    let mut empty = section(None, Some(Tier::Visit));
    empty.groups.clear();
    let expected = SectionError::Blend { name: "tier visit".to_owned(), error: BlendError::Groups };
    assert_eq!(refused(vec![empty]), expected);
}
