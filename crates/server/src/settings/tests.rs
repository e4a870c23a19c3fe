use std::collections::BTreeSet;

use super::{Origin, Settings};

const SMALLEST: &str = "shop = \"demo\"\ndata_dir = \"data\"\n";

#[track_caller]
fn check(more: &str, expected: Result<(), &str>) {
    let result = Settings::parse(&format!("{SMALLEST}{more}"));
    match (result, expected) {
        (Ok(_), Ok(())) => {}
        (Err(error), Err(part)) => {
            assert!(error.to_string().contains(part), "{error} does not say {part:?}");
        }
        (result, expected) => panic!("{more}: {result:?}, expected {expected:?}"),
    }
}

#[test]
fn settings_are_read_or_refused_with_the_key() {
    check("", Ok(()));
    check("origins = [\"https://shop.example\"]", Ok(()));
    check("origins = [\"https://shop.example/\"]", Err("not an origin"));
    check("origins = [\"*\"]", Err("not an origin"));
    check("colour = 1", Err("colour"));
    check("[limits]\nbody_bytes_max = 0", Err("limits.body_bytes_max must be at least 1"));
    check("[limits]\nbody_kb_max = 4", Err("body_kb_max"));
    check("[shop_key]\nfile = \"a\"\nenvironment = \"B\"", Err("either file or environment"));
    check("[shop_key]\nsealed_file = \"a\"", Err("needs one of passphrase_file"));
    check("[shop_key]\nsealed_file = \"a\"\nidentity_file = \"b\"", Ok(()));
    check(
        "[backup]\nkeys_keep_days = 31",
        Err("backup.keys_keep_days: 1 to backup_keep_days (30)"),
    );
    check("[backup]\nrecipients = [\"age1no\"]", Err("entry 1 is no age recipient"));
    check("[public]\naddress = \"127.0.0.1:0\"\ncertificate_file = \"a\"", Err("belong together"));
    check("[ledger]\norigin = \"shop.example/log\"\ninterval_s = 60\nfloor = 0", Ok(()));
    check("[ledger]\ninterval_s = 0", Err("ledger.interval_s: 1 to 3600 seconds"));
    check("[ledger]\nfloor = 5000", Err("ledger.floor: at most 1024"));
    check("[ledger]\norigin = \"my log\"", Err("ledger.origin: key name"));
    check("[outbound]\ncall_ms_max = 0", Err("outbound.call_ms_max must be at least 1"));
    check("[staff]\naddress = \"0.0.0.0:8089\"", Err("needs a certificate"));
    let mail = "[mail]\nserver = \"mail.shop.example\"\nfrom = \"Shop <a@shop.example>\"\n";
    check(mail, Ok(()));
    check(&format!("{mail}user = \"a\""), Err("mail: user and password_file belong together"));
    check(&format!("{mail}security = \"none\""), Err("mail: security = \"none\" is for"));
    check(&format!("{mail}security = \"ssl\""), Err("ssl"));
    check(&format!("{mail}retry_seconds = 0"), Err("mail: retry_seconds must be at least 1"));
    check(&mail.replace("a@shop.example", "a"), Err("mail: from is no address"));
    check(&mail.replace("mail.shop", "mail shop"), Err("mail: server is no host name"));
    check("[placements.home]\ncount = 8", Ok(()));
    check("[placements.home]\ncount = 0", Err("placements.home: count is 1 to 200"));
    check("[placements.home]\nmodels = [\"magic\"]", Err("magic"));
    check("[placements.Home]", Err("\"Home\" is not a name"));
    let rule = "[[placements.home.rules]]\nname = \"no cards\"\n";
    let brand = "when = { brand = [\"Giftly\"] }";
    check(&format!("{rule}then = \"exclude\"\n{brand}"), Ok(()));
    check(&format!("{rule}then = {{ boost_per_mille = 500 }}\n{brand}"), Ok(()));
    check(&format!("{rule}then = {{ boost_per_mille = 0 }}\n{brand}"), Err("rule \"no cards\""));
    check(&format!("{rule}then = \"exclude\"\nwhen = {{ colour = [] }}"), Err("colour"));
}

#[test]
fn the_shop_and_its_folder_are_needed() {
    assert!(Settings::parse("shop = \"demo\"").is_err());
    assert!(Settings::parse("shop = \"De mo\"\ndata_dir = \"x\"").is_err());
}

#[test]
fn origins_are_exact() {
    for good in ["https://shop.example", "http://127.0.0.1:4321", "https://[::1]:1"] {
        assert!(Origin::parse(good).is_ok(), "{good}");
    }
    for bad in
        ["shop.example", "https://", "https://Shop.example", "https://a/b", "null", "https://*"]
    {
        assert!(Origin::parse(bad).is_err(), "{bad}");
    }
}

/// The keys that a table takes, as the reader itself lists them when it refuses another.
fn taken(table: &str) -> BTreeSet<String> {
    let wrong = match table {
        "" => format!("no_such_key = 1\n{SMALLEST}"),
        table => format!("{SMALLEST}[{table}]\nno_such_key = 1\n"),
    };
    let refusal = Settings::parse(&wrong).unwrap_err().to_string();
    let (_, list) = refusal.split_once("expected ").expect(&refusal);
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_key_is_documented_and_nothing_else_is() {
    let tables = [
        "shop_key",
        "backup",
        "public",
        "staff",
        "privacy_center",
        "mail",
        "requests",
        "drp",
        "controller",
        "limits",
        "recommend",
        "recommend.baskets",
        "learning",
        "banner",
        "notice",
        "signals",
        "ledger",
        "ledger.anchor",
        "outbound",
        "place",
    ];
    let mut expected: BTreeSet<String> = taken("");
    for table in tables {
        assert!(expected.remove(table), "{table}");
        expected.extend(taken(table).into_iter().map(|key| format!("{table}.{key}")));
    }
    assert!(expected.remove("platforms"));
    for table in ["shopify", "medusa", "commercetools", "wordpress"] {
        let table = format!("platforms.{table}");
        expected.extend(taken(&table).into_iter().map(|key| format!("{table}.{key}")));
    }
    assert!(expected.remove("placements"));
    let keys = taken("placements.home");
    expected.extend(keys.into_iter().map(|key| format!("placements.NAME.{key}")));
    assert!(expected.remove("staff_members"));
    let keys = taken("staff_members.ann");
    expected.extend(keys.into_iter().map(|key| format!("staff_members.NAME.{key}")));
    assert!(expected.remove("recipients"));
    let keys = taken("recipients.mailer");
    expected.extend(keys.into_iter().map(|key| format!("recipients.NAME.{key}")));
    assert!(expected.remove("ledger.witnesses"));
    let keys = taken("ledger.witnesses.north");
    expected.extend(keys.into_iter().map(|key| format!("ledger.witnesses.NAME.{key}")));
    let page = include_str!("../../../../docs/settings.md");
    let (keys, _) = page.split_once("## Consent categories").unwrap();
    let documented: BTreeSet<String> = keys
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(key, _)| key.to_owned())
        .collect();
    assert_eq!(documented, expected);
}
