//! Recipients are read with what a transfer rests on; nothing is assumed.

use domain::date::Date;
use notices::facts::{Ground, Role};

use crate::papers::settings::{NoticeSettings, NoticeSettingsError};

fn read(text: &str) -> Result<NoticeSettings, String> {
    let settings: NoticeSettings = toml::from_str(text).map_err(|error| error.to_string())?;
    settings.check().map_err(|error| error.to_string())?;
    Ok(settings)
}

fn recipient(place: &str, more: &str) -> String {
    format!(
        "[[recipients]]\nname = \"Host\"\nrole = \"processor\"\nwhat_for = \"hosting\"\n\
         place = \"{place}\"\n{more}\n"
    )
}

fn ground(place: &str, more: &str) -> Ground {
    let day = Date::parse("2026-11-22").unwrap().0;
    let settings = read(&recipient(place, more)).unwrap();
    settings.recipients(day).unwrap().remove(0).ground
}

#[test]
fn a_list_that_is_empty_is_an_answer_and_none_is_not() {
    let day = Date::parse("2026-11-22").unwrap().0;
    assert_eq!(read("").unwrap().recipients(day), None);
    assert_eq!(read("recipients = []").unwrap().recipients(day), Some(Vec::new()));
    let one = read(&recipient("DE", "purposes = [\"Marketing\"]")).unwrap();
    let one = one.recipients(day).unwrap().remove(0);
    assert_eq!((one.role, one.purposes), (Role::Processor, vec!["Marketing".to_owned()]));
}

#[test]
fn a_transfer_rests_on_a_decision_or_on_what_the_shop_says() {
    assert_eq!(ground("DE", ""), Ground::Inside);
    assert_eq!(ground("NO", "safeguard = \"scc\""), Ground::Inside, "the EEA");
    assert!(matches!(ground("CH", ""), Ground::Adequacy { .. }));
    assert_eq!(ground("US", ""), Ground::Missing, "the decision covers some only");
    assert!(matches!(ground("US", "safeguard = \"adequacy\""), Ground::Adequacy { .. }));
    assert!(matches!(ground("US", "safeguard = \"scc\""), Ground::Safeguard { .. }));
    assert_eq!(ground("IN", ""), Ground::Missing);
    assert_eq!(ground("IN", "safeguard = \"adequacy\""), Ground::Missing, "there is no decision");
    assert!(matches!(ground("IN", "safeguard = \"derogation\""), Ground::Derogation { .. }));
}

#[test]
fn what_cannot_be_used_is_refused() {
    let error = read(&recipient("IN", "safeguard = \"trust me\"")).unwrap_err();
    assert!(error.contains("\"trust me\" is no safeguard") && error.contains("scc"), "{error}");
    let twice = recipient("DE", "") + &recipient("DE", "");
    assert!(read(&twice).unwrap_err().contains("Host stands twice"));
    let nameless = recipient("DE", "").replace("\"Host\"", "\" \"");
    assert_eq!(read(&nameless).unwrap_err(), NoticeSettingsError::Empty.to_string());
    assert!(read(&recipient("DE", "").replace("processor", "friend")).is_err());
    assert!(read(&recipient("nowhere at all", "")).is_err());
}
