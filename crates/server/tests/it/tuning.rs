//! A shop fits weights on its own visits, for enough people who let them teach, and puts them.

use std::path::Path;

use server::clock::Clock;

use crate::http::Call;
use crate::shop::{Binary, configuration, key_file};

/// Two visits each of so many customers, who walk around a ring of forty items.
fn import(folder: &Path, config: &str, people: u32) {
    let mut rows = "SessionId,ItemId,Time,customer\n".to_owned();
    let now_s = Clock::machine().now().ms() / 1_000;
    for number in 0..people * 2 {
        let (who, nth) = (number % people, number / people);
        let at = now_s - 40 * 86_400 + i64::from(number) * 60;
        for step in 0..5 {
            let item = (who * 7 + nth * 5 + step) % 40;
            let time = at + i64::from(step) * 10;
            rows.push_str(&format!("v-{number},item-{item:02},{time},c-{who}\n"));
        }
    }
    let file = folder.join("visits.csv");
    std::fs::write(&file, rows).unwrap();
    let basis = "SharedLearning=asked in the newsletter of spring";
    let arguments = ["import", "events", "--config", config, "--declare-items"];
    let mut command = Binary::command(&arguments);
    let output = command.arg("--assert-basis").arg(basis).arg(file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn run(arguments: &[&str]) -> (bool, String) {
    let output = Binary::command(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn too_few_people_fit_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path(), "");
    let config = config.to_str().unwrap();
    let out = folder.path().join("weights.toml");
    let tune = ["tune", "shop", "--config", config, "--out", out.to_str().unwrap()];
    let (good, said) = run(&tune);
    assert!(!good && said.contains("there is no store in"), "{said}");
    import(folder.path(), config, 40);
    let (good, said) = run(&tune);
    assert!(!good && said.contains("80 visits of 40 people who let them teach"), "{said}");
    assert!(said.contains("40 people are too few to fit weights: at least 1000"), "{said}");
    assert!(!out.exists());
}

#[test]
fn a_shop_fits_its_own_weights_and_puts_them() {
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path(), "");
    let config = config.to_str().unwrap();
    import(folder.path(), config, 1_200);
    let out = folder.path().join("weights.toml");
    let out = out.to_str().unwrap();
    let plain = ["--no-sequence", "--no-linear"];
    let (good, said) =
        run(&[&["tune", "shop", "--config", config, "--out", out], &plain[..]].concat());
    assert!(good, "{said}");
    assert!(said.contains("2400 visits of 1200 people who let them teach; 2400 of them count"));
    assert!(said.contains("weights of their own: tier anonymous"), "{said}");
    assert!(said.contains("weights of their own: tier history"), "{said}");
    let text = std::fs::read_to_string(out).unwrap();
    let file: toml::Table = text.parse().unwrap();
    assert_eq!(file["people"].as_integer(), Some(1_200));
    for name in ["made", "expires", "corpus"] {
        assert!(file.contains_key(name), "{text}");
    }
    let weights = text.lines().filter_map(|line| {
        let (name, value) = line.split_once(" = ")?;
        ["share", "relative", "missing", "seen", "popular"].contains(&name).then_some(value)
    });
    let weights: Vec<i32> = weights.map(|value| value.parse().unwrap()).collect();
    assert!(weights.len() > 20 && weights.iter().all(|weight| weight % 5 == 0), "{weights:?}");

    let put = ["documents", "--config", config, "put", "weights", "--file", out];
    let (good, said) = run(&[&put[..], &["--reason", "fitted on our visits"]].concat());
    assert!(good, "{said}");
    let binary = Binary::serve(config.as_ref());
    let call = Call::get("/v1/recommendations?explain=true&placement=product&item=item-07");
    let answer = call.key(&key_file(folder.path(), "secret")).send(binary.public).good();
    assert_eq!(answer["explanation"]["weights"], "tier anonymous");
    assert_eq!(answer["items"][0]["id"], "item-08", "the ring is found");
    let (good, said) = run(&["tune", "shop", "--config", config, "--out", out]);
    assert!(!good && said.contains("give a restored backup with --data"), "{said}");
}
