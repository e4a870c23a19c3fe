//! Files and commands that get a checkpoint.

use std::cell::Cell;

use super::{Anchor, AnchorError};

const CHECKPOINT: &str = "shop.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";

/// Waits as short as can be; the server does not end.
fn go_on() -> bool {
    false
}

fn command(script: &str, seconds: u32) -> Anchor {
    let words = ["/bin/sh", "-c", script].map(str::to_owned);
    Anchor::Command(words.to_vec(), seconds)
}

#[test]
fn a_file_is_replaced_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("anchor");
    let anchor = Anchor::File(path.clone());
    for text in ["a longer one", CHECKPOINT] {
        anchor.put(text, &go_on).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
    let nowhere = Anchor::File(folder.path().join("not/there"));
    assert!(matches!(nowhere.put(CHECKPOINT, &go_on), Err(AnchorError::System(_))));
}

#[test]
fn a_command_gets_the_checkpoint_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let script = format!("/bin/cat > {out:?}; /usr/bin/env >> {out:?}");
    command(&script, 60).put(CHECKPOINT, &go_on).unwrap();
    let got = std::fs::read_to_string(&out).unwrap();
    let rest = got.strip_prefix(CHECKPOINT).unwrap();
    // The shell sets these itself.
    let own = ["PWD=", "SHLVL=", "_=", "OLDPWD="];
    assert!(rest.lines().all(|line| own.iter().any(|name| line.starts_with(name))), "{rest}");
    let failed = command("exit 3", 60).put(CHECKPOINT, &go_on);
    assert!(matches!(failed, Err(AnchorError::Failed(_) | AnchorError::System(_))), "{failed:?}");
}

#[test]
fn a_command_that_takes_too_long_is_ended() {
    let late = command("while :; do :; done", 0).put(CHECKPOINT, &go_on);
    assert!(matches!(late, Err(AnchorError::TooLate(0))), "{late:?}");
    // So is one that runs when the server ends.
    let looks = Cell::new(0);
    let ends = || {
        looks.set(looks.get() + 1);
        looks.get() > 2
    };
    let ended = command("while :; do :; done", 600).put(CHECKPOINT, &ends);
    assert!(matches!(ended, Err(AnchorError::TooLate(600))), "{ended:?}");
}
