use rights::request::names::StaffId;

use super::{Members, MembersError};
use crate::settings::members::{Member, MemberSettings, StaffRole};

fn settings(folder: &std::path::Path, names: &[&str]) -> MemberSettings {
    let one = |name: &&str| {
        let key_file = folder.join(format!("{name}.key"));
        (StaffId::parse(name).unwrap(), Member { role: StaffRole::Officer, key_file })
    };
    names.iter().map(one).collect()
}

#[test]
fn keys_are_made_once_and_name_one_person() {
    let folder = tempfile::tempdir().unwrap();
    let names = settings(folder.path(), &["anna", "ben"]);
    let mut made = Vec::new();
    let members = Members::read(&names, &mut made).unwrap();
    assert_eq!(made.len(), 2);
    let key = std::fs::read_to_string(folder.path().join("ben.key")).unwrap();
    assert_eq!(members.find(key.trim()).unwrap().id.as_str(), "ben");
    assert!(members.find(&key).is_none() && members.find("").is_none());
    assert!(!format!("{members:?}").contains(key.trim()));
    made.clear();
    let again = Members::read(&names, &mut made).unwrap();
    assert!(made.is_empty() && again.find(key.trim()).is_some());
    // Two with one key would be two pairs of eyes in one head.
    std::fs::write(folder.path().join("anna.key"), &key).unwrap();
    assert!(matches!(Members::read(&names, &mut made), Err(MembersError::Same(_))));
    std::fs::write(folder.path().join("anna.key"), "short").unwrap();
    assert!(matches!(Members::read(&names, &mut made), Err(MembersError::Key(_))));
}
