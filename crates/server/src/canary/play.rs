//! One run over HTTP: what each invented visitor does, and what has to come back.
//!
//! Nothing here knows the server from inside. What the server holds of a visitor is asked on the
//! staff listener, like everything else.

use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use domain::time::Day;
use serde_json::{Map, Value, json};

use crate::canary::{Broken, FAILURES_MAX, NAME_PREFIX, PackPlayed, Run, TEXT_BYTES_MAX, packs_of};
use crate::commands::bench::http::{Client, quoted};

mod laws;

/// Longest that an answer may take, in seconds.
const PATIENCE_S: u64 = 30;
/// The purposes that a visitor decides about.
const PURPOSES: [&str; 2] = ["Personalization", "SharedLearning"];
/// How often a visitor tries to be alone in the shop.
const QUIET_TRIES: u32 = 3;

/// Where the server is, and the keys to it.
#[derive(Clone, Debug)]
pub struct Door {
    /// The public listener.
    pub public: SocketAddr,
    /// The staff listener.
    pub staff: SocketAddr,
    /// The secret key.
    pub secret_key: String,
    /// The staff key.
    pub staff_key: String,
}

/// What a visitor does before nothing may be used any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OptOut {
    /// Says yes while a signal says no, and does not acknowledge it.
    Signal,
    /// Says no when asked.
    Refusal,
    /// Says yes, looks at something, and takes the yes back.
    Withdrawal,
}

/// A way to opt out.
#[derive(Clone, Copy, Debug)]
struct Way {
    name: &'static str,
    opt_out: OptOut,
    /// The header that says the signal.
    header: Option<(&'static str, &'static str)>,
    /// Whether the opt-out stands without the header as well.
    stays: bool,
    /// The word of the refusal.
    code: &'static str,
    /// How `GET /v1/consents` has to put it.
    state: &'static str,
}

/// A signal of a consent tool: it counts for the requests that carry it.
const fn tool(name: &'static str, says: &'static str, code: &'static str) -> Way {
    let header = Some(("Confidant-Signals", says));
    Way { name, opt_out: OptOut::Signal, header, stays: false, code, state: "given" }
}

const WAYS: [Way; 8] = [
    Way {
        name: "gpc",
        opt_out: OptOut::Signal,
        header: Some(("Sec-GPC", "1")),
        stays: true,
        code: "signal_gpc",
        state: "given",
    },
    // A string of 2022: nobody may use a TC string for longer than 13 months.
    tool("tcf", r#"{"tcf":"CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA"}"#, "signal_tcf"),
    tool("gpp", r#"{"gpp":"DBABTA~1YYN"}"#, "signal_gpp"),
    tool("us-privacy", r#"{"us_privacy":"1YYN"}"#, "signal_us_privacy"),
    tool("consent-mode", CONSENT_MODE, "signal_consent_mode"),
    tool("shopify", r#"{"shopify":{"analytics":false,"preferences":false}}"#, "signal_shopify"),
    Way {
        name: "refusal",
        opt_out: OptOut::Refusal,
        header: None,
        stays: true,
        code: "consent_refused",
        state: "refused",
    },
    Way {
        name: "withdrawal",
        opt_out: OptOut::Withdrawal,
        header: None,
        stays: true,
        code: "consent_withdrawn",
        state: "withdrawn",
    },
];
const CONSENT_MODE: &str = concat!(
    r#"{"consent_mode":{"analytics_storage":"denied","functionality_storage":"denied","#,
    r#""personalization_storage":"denied"}}"#
);

/// Plays a run and gives it as it is handed in. Stops early when `ends` says so; what was played
/// until then is handed in without its ways, so that its visitors go and it proves nothing.
///
/// # Errors
/// Why the server could not be talked to at all.
pub fn play(
    door: &Door,
    (run, how): (&str, &str),
    day: Day,
    ends: &dyn Fn() -> bool,
) -> Result<Run, String> {
    let mut shop = Shop { door, lines: Lines { public: None, staff: None }, item: None };
    let packs = packs_of(&shop.laws()?, day);
    shop.item = Some(shop.any_item()?);
    let played = |(pack, place): &(&consent::law::LawPack, String)| PackPlayed {
        id: pack.id.to_owned(),
        digest: pack.digest.clone(),
        place: place.clone(),
    };
    let mut report = Run {
        run: run.to_owned(),
        how: how.to_owned(),
        packs: packs.iter().map(played).collect(),
        ways: WAYS.iter().map(|way| way.name.to_owned()).collect(),
        visitors: Vec::new(),
        opened: 0,
        quiet: 0,
        failures: Vec::new(),
    };
    for (pack, place) in &packs {
        for way in WAYS {
            if ends() {
                report.ways.clear();
                return Ok(report);
            }
            let name = format!("{NAME_PREFIX}{run}-{}-{}", place.to_lowercase(), way.name);
            report.visitors.push(name.clone());
            let visitor = Visitor { name, place, law: pack.id, way };
            let outcome = shop.visitor(&visitor);
            let what = match outcome {
                Ok(seen) => {
                    report.opened += u32::from(seen.opened);
                    report.quiet += u32::from(seen.quiet);
                    continue;
                }
                Err(mut what) => {
                    let cut = (0..=TEXT_BYTES_MAX).rev().find(|at| what.is_char_boundary(*at));
                    what.truncate(cut.unwrap_or(0));
                    what
                }
            };
            if report.failures.len() < FAILURES_MAX {
                let (place, way) = (place.clone(), way.name.to_owned());
                report.failures.push(Broken { place, way, what });
            }
        }
    }
    Ok(report)
}

/// Hands a run in: it is kept, and its visitors are gone.
///
/// # Errors
/// Why it was not taken.
pub fn hand_in(door: &Door, run: &Run) -> Result<(), String> {
    let mut shop = Shop { door, lines: Lines { public: None, staff: None }, item: None };
    let body = serde_json::to_value(run).map_err(|error| error.to_string())?;
    let call = Call { method: "POST", path: "/staff/canary", header: None, body: Some(&body) };
    shop.good(Side::Staff, &call).map(|_| ())
}

/// One invented visitor.
struct Visitor<'a> {
    name: String,
    place: &'a str,
    law: &'a str,
    way: Way,
}

/// What a visitor proved besides.
#[derive(Clone, Copy, Debug)]
struct Seen {
    opened: bool,
    quiet: bool,
}

/// Which listener is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Public,
    Staff,
}

struct Call<'a> {
    method: &'a str,
    path: &'a str,
    header: Option<(&'a str, &'a str)>,
    body: Option<&'a Value>,
}

struct Lines {
    public: Option<Client<TcpStream>>,
    staff: Option<Client<TcpStream>>,
}

struct Shop<'a> {
    door: &'a Door,
    lines: Lines,
    item: Option<String>,
}

impl Shop<'_> {
    /// Anything that the shop sells; events about it are what a person's would be.
    fn any_item(&mut self) -> Result<String, String> {
        let call =
            Call { method: "GET", path: "/v1/catalog/items?limit=1", header: None, body: None };
        let page = self.good(Side::Public, &call)?;
        let id = field(&page, "/items/0/id").as_str().unwrap_or("confidant-canary-item");
        Ok(id.to_owned())
    }

    fn visitor(&mut self, visitor: &Visitor<'_>) -> Result<Seen, String> {
        let opened = self.opts_out(visitor)?;
        for _ in 0..QUIET_TRIES {
            let before = self.held(visitor)?;
            self.is_nobody(visitor)?;
            let after = self.held(visitor)?;
            if field(&before, "/seq") != field(&after, "/seq") {
                continue;
            }
            if before != after {
                return Err(format!("the shop changed without a commit: {before} {after}"));
            }
            return Ok(Seen { opened, quiet: true });
        }
        // Others write all the time: then only what is held of the visitor says something.
        Ok(Seen { opened, quiet: false })
    }

    /// Opts out; says whether a yes opened anything before it was taken back.
    fn opts_out(&mut self, visitor: &Visitor<'_>) -> Result<bool, String> {
        let way = visitor.way;
        match way.opt_out {
            OptOut::Signal => self.chooses(visitor, true, way.header).map(|_| false),
            OptOut::Refusal => self.chooses(visitor, false, None).map(|_| false),
            OptOut::Withdrawal => {
                self.chooses(visitor, true, None)?;
                let event = self.event(visitor, "before");
                self.tells(&json!({ "batch": [event] }), None)?;
                let opened = self.tier(visitor, None)? != "anonymous";
                self.chooses(visitor, false, None)?;
                Ok(opened)
            }
        }
    }

    fn chooses(
        &mut self,
        visitor: &Visitor<'_>,
        yes: bool,
        header: Option<(&str, &str)>,
    ) -> Result<Value, String> {
        let choices: Map<String, Value> =
            PURPOSES.iter().map(|purpose| ((*purpose).to_owned(), json!(yes))).collect();
        let body = json!({
            "customer": visitor.name, "choices": choices, "how": "canary",
            "notice": { "digest": "0".repeat(64), "language": "en" },
        });
        let path = format!("/v1/consents?jurisdiction={}", quoted(visitor.place));
        self.good(Side::Public, &Call { method: "PUT", path: &path, header, body: Some(&body) })
    }

    /// Everything that must not be used is not used, with the signal said again and, where it
    /// stays with the person, without.
    fn is_nobody(&mut self, visitor: &Visitor<'_>) -> Result<(), String> {
        let way = visitor.way;
        let again = Some(way.header.or(Some(("Sec-GPC", "1"))));
        let without = way.stays.then_some(None);
        for header in without.into_iter().chain(again) {
            let events = [
                self.event(visitor, "after"),
                // The same again: who keeps nothing does not know it either.
                self.event(visitor, "after"),
                json!({ "type": "identify", "userId": visitor.name, "messageId":
                    format!("{}-identify", visitor.name), "traits": { "sizes": ["M"] } }),
            ];
            let count = events.len();
            let taken = self.tells(&json!({ "batch": events }), header)?;
            if *field(&taken, "/stored") != 0 {
                return Err(format!("events were stored after the opt-out: {taken}"));
            }
            let dropped =
                field(&taken, "/dropped").as_array().map(Vec::as_slice).unwrap_or_default();
            let said = |one: &Value| {
                // In a shop for children nobody is old enough, whatever they chose.
                let reason = field(one, "/reason");
                *reason == way.code || *reason == "child"
            };
            if dropped.len() != count || !dropped.iter().all(said) {
                return Err(format!("events were not refused as {}: {taken}", way.code));
            }
            let tier = self.tier(visitor, header)?;
            if tier != "anonymous" {
                return Err(format!("an answer was made in the tier {tier} after the opt-out"));
            }
        }
        self.record_says(visitor)
    }

    /// The record says what was chosen, under the law of the place.
    fn record_says(&mut self, visitor: &Visitor<'_>) -> Result<(), String> {
        let (name, place) = (quoted(&visitor.name), quoted(visitor.place));
        let path = format!("/v1/consents?customer={name}&jurisdiction={place}");
        let call = Call { method: "GET", path: &path, header: None, body: None };
        let record = self.good(Side::Public, &call)?;
        let says = |purpose: &str| {
            let state = field(&record, &format!("/consents/{purpose}/state"));
            *state == visitor.way.state
        };
        if !PURPOSES.iter().all(|purpose| says(purpose)) {
            return Err(format!("the record does not say {}: {record}", visitor.way.state));
        }
        match *field(&record, "/law") == visitor.law {
            true => Ok(()),
            false => Err(format!("the record is not under {}: {record}", visitor.law)),
        }
    }

    /// What the server holds of the visitor, which has to be nothing but the proof of the choice,
    /// and how the shop stands.
    fn held(&mut self, visitor: &Visitor<'_>) -> Result<Value, String> {
        let path = format!("/staff/canary/visitors/{}", quoted(&visitor.name));
        let call = Call { method: "GET", path: &path, header: None, body: None };
        let held = self.good(Side::Staff, &call)?;
        let none = |name: &str| *field(&held, name) == 0;
        let is_empty = none("/rows") && none("/sessions") && none("/orders");
        let purposes = field(&held, "/purposes").as_array().is_some_and(Vec::is_empty);
        let idle = *field(&held, "/profile") == false && *field(&held, "/visit") == false;
        match is_empty && purposes && idle {
            true => Ok(field(&held, "/shop").clone()),
            false => Err(format!("the server holds something after the opt-out: {held}")),
        }
    }

    fn event(&self, visitor: &Visitor<'_>, message: &str) -> Value {
        json!({
            "type": "track", "event": "Product Viewed", "userId": visitor.name,
            "messageId": format!("{}-{message}", visitor.name),
            "properties": { "product_id": self.item },
        })
    }

    fn tells(&mut self, body: &Value, header: Option<(&str, &str)>) -> Result<Value, String> {
        let call = Call { method: "POST", path: "/v1/batch", header, body: Some(body) };
        self.good(Side::Public, &call)
    }

    fn tier(
        &mut self,
        visitor: &Visitor<'_>,
        header: Option<(&str, &str)>,
    ) -> Result<String, String> {
        let path = format!("/v1/recommendations?customer={}", quoted(&visitor.name));
        let call = Call { method: "GET", path: &path, header, body: None };
        let answer = self.good(Side::Public, &call)?;
        let tier = field(&answer, "/basis/tier").as_str();
        tier.map(str::to_owned).ok_or_else(|| "an answer without a tier".to_owned())
    }

    /// A call that has to be answered with 200.
    fn good(&mut self, side: Side, call: &Call<'_>) -> Result<Value, String> {
        let (address, key, line) = match side {
            Side::Public => (self.door.public, &self.door.secret_key, &mut self.lines.public),
            Side::Staff => (self.door.staff, &self.door.staff_key, &mut self.lines.staff),
        };
        let failed =
            |error: &dyn std::fmt::Display| format!("{} {}: {error}", call.method, call.path);
        let client = match line {
            Some(client) => client,
            None => line.insert(connect(address).map_err(|error| failed(&error))?),
        };
        let body = call.body.map(Value::to_string).unwrap_or_default();
        let header = call.header.map(|(name, value)| format!("{name}: {value}\r\n"));
        let request = format!(
            "{} {} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\n{}\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            call.method,
            call.path,
            header.unwrap_or_default(),
            body.len()
        );
        let answered = client.exchange(request.as_bytes());
        let answered = answered.map(|answer| (answer.status, serde_json::from_slice(answer.body)));
        match answered {
            Ok((200, Ok(body))) => Ok(body),
            Ok((200, Err(_))) => Err(failed(&"the answer is no JSON")),
            Ok((status, _)) => Err(failed(&format!("answered with {status}"))),
            Err(error) => {
                // The next visitor gets a new connection.
                *line = None;
                Err(failed(&error))
            }
        }
    }
}

/// A field of an answer by its JSON pointer (RFC 6901); null where there is none.
fn field<'v>(answer: &'v Value, pointer: &str) -> &'v Value {
    static NULL: Value = Value::Null;
    answer.pointer(pointer).unwrap_or(&NULL)
}

fn connect(address: SocketAddr) -> std::io::Result<Client<TcpStream>> {
    let patience = Some(Duration::from_secs(PATIENCE_S));
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(patience)?;
    stream.set_write_timeout(patience)?;
    Ok(Client::over(stream))
}
