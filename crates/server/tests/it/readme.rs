//! The commands of README.md do what they say: every `sh` block with a line `# tested` is run.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

/// The tested blocks of a Markdown text.
fn tested_blocks(text: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open: Option<String> = None;
    for line in text.lines() {
        match open.as_mut() {
            None if line.trim() == "```sh" => open = Some(String::new()),
            None => {}
            Some(_) if line.trim() == "```" => blocks.extend(open.take()),
            Some(block) => {
                block.push_str(line);
                block.push('\n');
            }
        }
    }
    blocks.retain(|block| block.lines().any(|line| line.trim() == "# tested"));
    blocks
}

#[test]
fn the_commands_of_the_readme_work() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let text = std::fs::read_to_string(readme).expect("README.md is there");
    let blocks = tested_blocks(&text);
    assert!(!blocks.is_empty(), "README.md has no `sh` block with a line `# tested`");
    let folder = tempfile::tempdir().unwrap();
    let programs = folder.path().join("bin");
    std::fs::create_dir(&programs).unwrap();
    symlink(env!("CARGO_BIN_EXE_confidant"), programs.join("confidant")).unwrap();
    let path = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths(std::iter::once(programs).chain(std::env::split_paths(&path)));
    let path = path.unwrap();
    // One folder for all: what a block writes, the next may read.
    let work = folder.path().join("work");
    std::fs::create_dir(&work).unwrap();
    for block in blocks {
        // What a block leaves running ends with it.
        let script = format!("trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n{block}");
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c", &script])
            .current_dir(&work)
            .env("PATH", &path)
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(output.status.success(), "this block of README.md failed:\n{block}\n{said}");
    }
}

#[test]
fn only_marked_shell_blocks_are_run() {
    let text = "```sh\n# tested\none\n```\n```sh\ntwo\n```\n```toml\n# tested\n```\n";
    assert_eq!(tested_blocks(text), ["# tested\none\n"]);
}
