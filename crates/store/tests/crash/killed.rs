//! A writer that is killed again and again.

use std::collections::BTreeSet;
use std::env;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use store::erase::erase;
use store::keys::Keys;
use store::port::Tables;

use crate::world;

/// Names the folder to the child; without it the child's test has nothing to do.
const FOLDER: &str = "CONFIDANT_CRASH_FOLDER";
/// Names the place in an erasure where the child waits to be killed.
const PAUSE: &str = "CONFIDANT_CRASH_PAUSE";
const PAUSES: [&str; 3] = ["begun", "destroyed", "done"];
const ROUNDS: u64 = 48;

/// The child: goes on where the store ends, and says what is durable, until it is killed.
#[test]
fn child_writes_until_it_is_killed() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let (mut tables, mut keys) = world::open(Path::new(&folder));
    println!("\nopened {}", tables.seq().number());
    loop {
        let n = world::last(&tables) + 1;
        let who = world::writer(n);
        keys.put(&[world::key(who), world::key(n % 4)]).unwrap();
        let committed = tables.commit(&world::batch(n)).unwrap();
        println!("batch {n} {}", committed.seq.number());
        if n % world::BATCHES == world::BATCHES - 1 && !who.is_multiple_of(3) {
            keys.begin(&world::intent(who), &[world::tombstone(who)]).unwrap();
            println!("begun {who}");
            pause("begun");
            keys.destroy(&[world::person(who)]).unwrap();
            pause("destroyed");
            erase(&mut tables, &mut keys, &world::plan(who)).unwrap();
            println!("done {who} {}", tables.seq().number());
            pause("done");
            keys.finish(world::intent(who).id).unwrap();
            println!("finished {who}");
        }
    }
}

/// Waits for the end of the parent's patience, if this is the place.
fn pause(place: &str) {
    if env::var_os(PAUSE).is_some_and(|chosen| chosen == place) {
        println!("paused");
        io::stdin().read_line(&mut String::new()).unwrap();
    }
}

/// What the child acknowledged over all its lives.
#[derive(Default)]
struct Said {
    n: u64,
    seq: u64,
    begun: BTreeSet<u64>,
    finished: BTreeSet<u64>,
}

impl Said {
    fn hear(&mut self, line: &str) {
        let words: Vec<_> = line.split(' ').collect();
        let number = |at: usize| words[at].parse::<u64>().unwrap();
        match words[0] {
            "opened" => assert_eq!(number(1), self.seq, "the number at opening"),
            "batch" => {
                assert_eq!((number(1), number(2)), (self.n + 1, self.seq + 1), "a gap");
                (self.n, self.seq) = (number(1), number(2));
            }
            "begun" => assert!(self.begun.insert(number(1))),
            "done" => {
                assert_eq!(number(2), self.seq + 1, "a gap");
                self.seq = number(2);
            }
            "finished" => assert!(self.finished.insert(number(1))),
            // What the test harness prints.
            _ => {}
        }
    }
}

fn start(folder: &Path, pause: Option<&str>) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "killed::child_writes_until_it_is_killed", "--nocapture"])
        .env(FOLDER, folder)
        .env(PAUSE, pause.unwrap_or_default())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// Lets the child live until it pauses, or for so many lines, and hears everything that it said
/// before it died. Lines this short go through the pipe whole or not at all.
fn live(folder: &Path, pause: Option<&str>, lines: u64, said: &mut Said) {
    let mut child = start(folder, pause);
    let mut heard = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut count = 0;
    while count < lines {
        let line = heard.next().expect("the child ended by itself").unwrap();
        said.hear(&line);
        match pause {
            Some(_) if line == "paused" => break,
            Some(_) => {}
            None => count += u64::from(line.starts_with("batch") || line.starts_with("begun")),
        }
    }
    child.kill().unwrap();
    for line in heard {
        said.hear(&line.unwrap());
    }
    assert!(!child.wait().unwrap().success());
}

#[test]
fn a_killed_writer_loses_nothing_and_resurrects_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let mut said = Said::default();
    let mut redone = 0;
    for round in 0..ROUNDS {
        // Every fourth life ends in a chosen place of an erasure, the others anywhere.
        let pause =
            round.is_multiple_of(4).then(|| PAUSES[usize::try_from(round / 4 % 3).unwrap()]);
        live(folder.path(), pause, 1 + world::mix(round) % 12, &mut said);
        let open = check(folder.path(), &mut said);
        assert!(pause.is_none() || open == 1, "the erasure was paused, so it is open");
        redone += open;
    }
    assert!(redone as u64 >= ROUNDS / 4);
}

/// Opens what the child left behind, looks at it and does unfinished erasures again.
fn check(folder: &Path, said: &mut Said) -> usize {
    let (mut tables, mut keys) = world::open(folder);
    tables.check().unwrap();
    keys.check().unwrap();
    // At most the one commit that was not acknowledged is there as well.
    let (n, seq) = (world::last(&tables), tables.seq().number());
    assert!(n == said.n || n == said.n + 1, "batch {n}, acknowledged {}", said.n);
    assert!(seq == said.seq || seq == said.seq + 1, "seq {seq}, acknowledged {}", said.seq);

    let intents = keys.intents().unwrap();
    let open: BTreeSet<_> = intents.iter().map(world::intended).collect();
    for who in &said.finished {
        assert!(!open.contains(who), "a finished erasure is open again");
    }
    for who in said.begun.difference(&said.finished) {
        // Either it is open, or it was finished and could not say so any more.
        let rows = tables.count_of(world::TABLE, world::person(*who)).unwrap();
        assert!(open.contains(who) || rows == 0, "an erasure was forgotten");
    }
    for intent in &intents {
        let who = world::intended(intent);
        erase(&mut tables, &mut keys, &world::plan(who)).unwrap();
        keys.finish(intent.id).unwrap();
        said.begun.insert(who);
    }
    said.finished.clone_from(&said.begun);
    (said.n, said.seq) = (n, tables.seq().number());

    assert!(keys.intents().unwrap().is_empty());
    world::check_rows(&tables, n, &said.begun);
    for who in &said.begun {
        assert_eq!(keys.by_pseudonym(world::person(*who)).unwrap(), None);
        let tombstone = world::tombstone(*who);
        assert_eq!(keys.tombstone(&tombstone.mac).unwrap(), Some(tombstone));
    }
    // Every row that is left can still be opened.
    for row in tables.page(world::TABLE, None, usize::MAX).unwrap() {
        assert!(keys.by_pseudonym(row.pseudonym).unwrap().is_some(), "a row without its key");
    }
    intents.len()
}
