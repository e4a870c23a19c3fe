use std::collections::BTreeMap;

use super::{Known, PlacementChange, Placements, Source, shipped};

fn with(text: &str) -> Result<Placements, String> {
    let changes: BTreeMap<String, PlacementChange> =
        serde_json::from_str(text).map_err(|error| error.to_string())?;
    Placements::with(changes).map_err(|error| error.to_string())
}

#[track_caller]
fn refused(text: &str, part: &str) {
    let error = with(text).unwrap_err();
    assert!(error.contains(part), "{error} does not say {part:?}");
}

#[test]
fn shipped_placements_are_there_and_keep_their_own_checks() {
    let names = "buy_it_again, cart, complete_the_look, email, home, listing, product, search";
    assert_eq!(Placements::default().names(), names);
    for placement in Placements::default().iter() {
        let name = &placement.name;
        let as_shipped = format!("{{\"{name}\": {{}}}}");
        assert_eq!(with(&as_shipped).unwrap().get(name).map(AsRef::as_ref), Some(placement));
    }
}

#[test]
fn single_keys_change_and_the_rest_stays() {
    let placements = with(
        r#"{"home": {"count": 8, "exploration": {"rate_per_mille": 50}},
            "checkout": {"models": ["goes_with", "popular"], "may_return": ["bought"]}}"#,
    )
    .unwrap();
    let home = placements.get("home").unwrap();
    assert_eq!((home.count, home.exploration.rate_per_mille), (8, 50));
    assert_eq!(home.exploration.new_days, 30);
    assert_eq!(home.models, shipped::placements()["home"].models);
    let of_orders = [Source::BasketRepeat, Source::BasketExplore];
    assert_eq!(home.models, [&of_orders[..], &shipped::custom("x").models].concat());
    let own = placements.get("checkout").unwrap();
    assert_eq!(own.models, [Source::GoesWith, Source::Popular]);
    assert!(own.lets_return(Known::Bought) && !own.lets_return(Known::Seen));
    assert!(home.shapes_pages() && !own.shapes_pages());
    assert_eq!(placements.get("nowhere"), None);
}

#[test]
fn wrong_placements_are_refused_with_name_and_reason() {
    refused(r#"{"Home": {}}"#, "\"Home\" is not a name");
    refused(r#"{"home": {"count": 0}}"#, "placements.home: count is 1 to 200");
    refused(r#"{"home": {"models": []}}"#, "at least one model");
    refused(r#"{"home": {"models": ["blend", "blend"]}}"#, "no model twice");
    refused(r#"{"home": {"models": ["magic"]}}"#, "magic");
    refused(r#"{"home": {"colour": 1}}"#, "colour");
    refused(r#"{"home": {"diversity": {"lambda_per_mille": 1001}}}"#, "0 to 1000");
    refused(r#"{"home": {"exploration": {"rate_per_mille": 501}}}"#, "0 to 500");
    let floor = r#"{"group": "new", "share_per_mille": 400, "when": {"age_days_max": 30}}"#;
    refused(&format!(r#"{{"home": {{"floors": [{floor}, {floor}, {floor}]}}}}"#), "at most 1000");
    refused(
        r#"{"cart": {"rules": [{"name": "x", "then": "exclude"}]}}"#,
        "placements.cart: rule \"x\": it needs a condition",
    );
    let many: Vec<String> = (0..43).map(|n| format!("\"p{n}\": {{}}")).collect();
    refused(&format!("{{{}}}", many.join(",")), "51 of them, at most 50");
}
