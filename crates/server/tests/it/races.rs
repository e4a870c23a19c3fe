//! Law 2 while everything happens at once: people say yes, withdraw and ask to be erased while
//! their events and questions are on the way, and the real binary is killed and started again.
//!
//! Nobody can say in which order the server takes what overlaps. So each call is an interval on
//! one counter, and a call is judged only by what was answered before it was sent: after a no,
//! nothing is stored and every answer is anonymous until a yes that was sent before the answer
//! came; after a yes, nothing is refused until a no was sent. The calls of a life are drawn from
//! a seed; how they interleave is up to the machine, so each run tries others.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};

use serde_json::{Value, json};
use testkit::random::Random;

use crate::http::Call;
use crate::shop::{Binary, choice, configuration, key_file};

const LIVES: u32 = 4;
const PEOPLE: usize = 4;
/// Acknowledged choices after which a life ends at the earliest.
const CHOICES: u32 = 24;
const BOTH: [&str; 2] = ["Personalization", "SharedLearning"];

/// What a person decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    Yes,
    Withdrawal,
    Erasure,
}

/// From just before a call was sent until just after it was answered; `None` was never answered.
type Interval = (u64, Option<u64>);

/// What one person did and heard.
#[derive(Debug, Default)]
struct Log {
    decisions: Vec<(Interval, Decision)>,
    /// Events and questions: whether personal data was used, and whether the call carried Global
    /// Privacy Control.
    uses: Vec<(Interval, bool, bool)>,
}

impl Log {
    /// What the person had decided when a call was sent, and whether another decision was on its
    /// way before the answer came.
    fn before(&self, (sent, answered): Interval) -> (Option<Decision>, Vec<Decision>) {
        let done = |interval: &Interval| interval.1.is_some_and(|end| end < sent);
        let last = self.decisions.iter().rposition(|(interval, _)| done(interval));
        let later = self.decisions.iter().skip(last.map_or(0, |last| last + 1));
        let overlapping =
            later.filter(|((begin, _), _)| answered.is_none_or(|answered| *begin < answered));
        let decided = last.and_then(|last| self.decisions.get(last)).map(|(_, decision)| *decision);
        (decided, overlapping.map(|(_, decision)| *decision).collect())
    }

    /// The calls that break the law, and how many were judged without a doubt: refused, allowed.
    fn judge(&self) -> Result<[u32; 2], String> {
        let mut sure = [0, 0];
        for &(interval, is_used, gpc) in &self.uses {
            let (decided, overlapping) = self.before(interval);
            let may = decided == Some(Decision::Yes) || overlapping.contains(&Decision::Yes);
            let must = decided == Some(Decision::Yes)
                && overlapping.iter().all(|one| *one == Decision::Yes);
            match (is_used, may && !gpc, must && !gpc) {
                (true, false, _) => {
                    return Err(format!("used against a no: {interval:?} {self:?}"));
                }
                (false, _, true) => {
                    return Err(format!("refused after a yes: {interval:?} {self:?}"));
                }
                (false, false, _) => sure[0] += 1,
                (true, _, true) => sure[1] += 1,
                (true | false, ..) => {}
            }
        }
        Ok(sure)
    }

    /// Whether the last word is certainly a no.
    fn ends_with_no(&self) -> bool {
        let last = self.decisions.last();
        last.is_none_or(|((_, answered), one)| answered.is_some() && *one != Decision::Yes)
    }
}

/// One life of the server.
struct Life<'a> {
    number: u32,
    secret: &'a str,
    binary: &'a Binary,
    clock: &'a AtomicU64,
    logs: &'a [Mutex<Log>],
}

fn customer(person: usize) -> String {
    format!("racer-{person}")
}

fn event(person: usize, message: &str) -> Value {
    json!({
        "userId": customer(person), "event": "Product Viewed", "messageId": message,
        "properties": { "product_id": format!("item-{}", message.len() % 8) },
    })
}

impl Life<'_> {
    fn tick(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }

    /// A call with its interval; the answer is `None` when the server was gone.
    fn call(&self, call: Call) -> (Interval, Option<Value>) {
        let sent = self.tick();
        let reply = call.key(self.secret).try_send(self.binary.public);
        let answer = reply.ok().filter(|reply| reply.status == 200).map(|reply| reply.json());
        ((sent, answer.is_some().then(|| self.tick())), answer)
    }

    fn uses(&self, person: usize, call: Call, gpc: bool) -> bool {
        let call = if gpc { call.header("Sec-GPC", "1") } else { call };
        let (interval, answer) = self.call(call);
        let Some(answer) = answer else { return false };
        let stored = answer["stored"].as_u64().is_some_and(|stored| stored > 0);
        let is_used = stored || answer["basis"]["tier"].as_str().is_some_and(|t| t != "anonymous");
        self.logs[person].lock().unwrap().uses.push((interval, is_used, gpc));
        true
    }

    fn tells(&self, person: usize, message: &str, gpc: bool) -> bool {
        self.uses(person, Call::post("/v1/track", &event(person, message)), gpc)
    }

    fn asks(&self, person: usize, gpc: bool) -> bool {
        let path = format!("/v1/recommendations?customer={}", customer(person));
        self.uses(person, Call::get(&path), gpc)
    }

    /// Decides; the decision stands in the log before it is sent, for whoever looks meanwhile.
    fn decides(&self, person: usize, decision: Decision) -> bool {
        let call = match decision {
            Decision::Erasure => {
                Call::post("/v1/erasures", &json!({ "customer": customer(person) }))
            }
            Decision::Yes | Decision::Withdrawal => {
                let mut body = choice(&BOTH);
                body["customer"] = json!(customer(person));
                if decision == Decision::Withdrawal {
                    body["choices"] = json!({ BOTH[0]: false, BOTH[1]: false });
                }
                Call::put("/v1/consents", &body)
            }
        };
        let (interval, answer) = self.call(call);
        self.logs[person].lock().unwrap().decisions.push((interval, decision));
        answer.is_some()
    }

    fn person_tells(&self, person: usize, mut random: Random) {
        for number in 0_u32.. {
            let message = format!("{}-{person}-{number}", self.number);
            if !self.tells(person, &message, random.chance(1, 5)) {
                return;
            }
        }
    }

    fn person_asks(&self, person: usize, mut random: Random) {
        while self.asks(person, random.chance(1, 5)) {}
    }

    fn person_decides(&self, person: usize, mut random: Random, decided: &Sender<()>) {
        loop {
            let kind = random.pick_weighted(&[4, 3, 2]).unwrap();
            let decision = [Decision::Yes, Decision::Withdrawal, Decision::Erasure][kind];
            if !self.decides(person, decision) {
                return;
            }
            decided.send(()).ok();
            for _ in 0..random.below(3) {
                self.asks(person, false);
            }
        }
    }

    /// Everybody at once until the machine stops.
    fn race(&self, random: &mut Random) {
        let ends_after = CHOICES + random.below(CHOICES);
        let (decided, decisions) = channel();
        std::thread::scope(|threads| {
            for person in 0..PEOPLE {
                let seeds = ["tells", "asks", "decides"].map(|word| {
                    random.bits();
                    random.fork(word)
                });
                let [tells, asks, decides] = seeds;
                threads.spawn(move || self.person_tells(person, tells));
                threads.spawn(move || self.person_asks(person, asks));
                let decided = decided.clone();
                threads.spawn(move || self.person_decides(person, decides, &decided));
            }
            for _ in 0..ends_after {
                decisions.recv().unwrap();
            }
            self.binary.shoot();
        });
    }

    /// Who certainly said no last is nobody to the new server, before anybody says anything.
    fn forgets(&self) {
        for person in 0..PEOPLE {
            if self.logs[person].lock().unwrap().ends_with_no() {
                assert!(self.asks(person, false));
                assert!(self.tells(person, &format!("first-{}-{person}", self.number), false));
            }
        }
    }
}

#[test]
fn the_law_is_seen_broken_where_it_is() {
    let log = |decision, at: Interval, is_used, gpc| Log {
        decisions: vec![((0, Some(1)), Decision::Yes), ((10, Some(20)), decision)],
        uses: vec![(at, is_used, gpc)],
    };
    let (after, between, over) = ((30, Some(31)), (2, Some(3)), (15, Some(31)));
    assert!(log(Decision::Withdrawal, after, true, false).judge().is_err());
    assert!(log(Decision::Erasure, after, true, false).judge().is_err());
    assert!(log(Decision::Yes, after, true, true).judge().is_err(), "a signal is a no");
    assert!(log(Decision::Yes, after, false, false).judge().is_err(), "a yes opens");
    assert!(log(Decision::Withdrawal, between, false, false).judge().is_err());
    assert_eq!(log(Decision::Withdrawal, after, false, false).judge(), Ok([1, 0]));
    assert_eq!(log(Decision::Withdrawal, between, true, false).judge(), Ok([0, 1]));
    // While a withdrawal is on its way both are right.
    assert!(log(Decision::Withdrawal, over, true, false).judge().is_ok());
    assert!(log(Decision::Withdrawal, over, false, false).judge().is_ok());
}

/// Rows per table, as staff see them.
fn rows(folder: &std::path::Path, binary: &Binary) -> BTreeMap<String, u64> {
    let inventory = Call::get("/staff/inventory").key(&key_file(folder, "staff"));
    let lines = inventory.send(binary.staff).good();
    let row = |line: &Value| {
        let table = line["table"].as_str().unwrap().to_owned();
        (table, line["rows"].as_u64().unwrap())
    };
    lines.as_array().unwrap().iter().map(row).collect()
}

#[test]
fn nothing_is_used_after_a_no_whatever_else_happens() {
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path(), "");
    let mut random = Random::from_seed(20_261_123);
    let mut binary = Binary::serve(&config);
    let secret = key_file(folder.path(), "secret");
    let items: Vec<Value> =
        (0..8).map(|n| json!({ "id": format!("item-{n}"), "title": "A thing" })).collect();
    let put = Call::put("/v1/catalog/items", &json!({ "items": items })).key(&secret);
    put.send(binary.public).good();
    let clock = AtomicU64::new(0);
    let logs: Vec<Mutex<Log>> = (0..PEOPLE).map(|_| Mutex::default()).collect();
    for number in 0..LIVES {
        let life = Life { number, secret: &secret, binary: &binary, clock: &clock, logs: &logs };
        life.forgets();
        life.race(&mut random);
        drop(binary);
        binary = Binary::serve(&config);
    }
    let last = Life { number: LIVES, secret: &secret, binary: &binary, clock: &clock, logs: &logs };
    last.forgets();
    for person in 0..PEOPLE {
        let decision = if person % 2 == 0 { Decision::Withdrawal } else { Decision::Erasure };
        assert!(last.decides(person, decision));
    }
    last.forgets();
    let mut sure = [0, 0];
    for log in &logs {
        let found = log.lock().unwrap().judge().unwrap();
        sure = [sure[0] + found[0], sure[1] + found[1]];
    }
    println!("calls that had to be refused and were: {}, allowed: {}", sure[0], sure[1]);
    assert!(sure.iter().all(|calls| *calls > 50), "{sure:?}");
    let rows = rows(folder.path(), &binary);
    for table in ["history_event", "learning_event", "closed_session", "preferences"] {
        assert_eq!(rows[table], 0, "{rows:?}");
    }
    assert!(rows["consent_evidence"] > 0, "{rows:?}");
    // A restart in order learns nothing from what is gone.
    assert!(binary.end().0.success());
    let binary = Binary::serve(&config);
    let metrics = Call::get("/metrics").key(&key_file(folder.path(), "staff"));
    let text = metrics.send(binary.staff).text();
    assert!(text.contains("confidant_model_sessions 0"), "{text}");
}
