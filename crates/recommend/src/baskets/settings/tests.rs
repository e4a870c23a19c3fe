use super::{BASKETS_LIMIT, BasketSettings, BasketSettingsError, GROUPS_LIMIT, NEIGHBORS_LIMIT};

#[track_caller]
fn check(change: impl FnOnce(&mut BasketSettings), expected: Option<BasketSettingsError>) {
    let mut settings = BasketSettings::default();
    change(&mut settings);
    assert_eq!(settings.check().err(), expected);
}

#[test]
fn settings_are_refused_beyond_their_limits() {
    check(|_| {}, None);
    check(|s| s.groups = 0, Some(BasketSettingsError::Groups));
    check(|s| s.groups = GROUPS_LIMIT + 1, Some(BasketSettingsError::Groups));
    check(|s| s.basket_decay = 0, Some(BasketSettingsError::Share));
    check(|s| s.group_decay = 1001, Some(BasketSettingsError::Share));
    check(|s| s.own_share = 1001, Some(BasketSettingsError::Share));
    check(|s| s.own_share = 0, None);
    check(|s| s.neighbors_max = 0, Some(BasketSettingsError::Neighbors));
    check(|s| s.neighbors_max = NEIGHBORS_LIMIT + 1, Some(BasketSettingsError::Neighbors));
    check(|s| s.baskets_max = BASKETS_LIMIT + 1, Some(BasketSettingsError::Baskets));
    check(|s| s.supporters_min = 0, Some(BasketSettingsError::Floor));
}
