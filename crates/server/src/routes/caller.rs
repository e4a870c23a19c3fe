//! Who calls: read once at the door, for every handler.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use consent::law::place::Place;
use consent::signals;
use consent::signals::combine::{Combined, Statement, combine};
use consent::signals::sent::Sent;
use personal::signal::{Signal, Signals, SignalsByPurpose};
use personal::subject::{BrowserId, CustomerId, Subject};
use rights::machine::Verification;
use utoipa::Modify;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

use crate::auth::{Role, key_of};
use crate::circumstances::{AppliedLaw, Circumstances};
use crate::engine::Engine;
use crate::limits::NetworkPrefix;
use crate::members::Member;
use crate::people::Person;
use crate::problem::{self, Problem};
use crate::routes::App;

/// The header of a customer token.
pub const CUSTOMER_HEADER: &str = "confidant-customer";
/// The header of the signals of a browser and its consent tools (see `consent::signals::sent`).
pub const SIGNALS_HEADER: &str = "confidant-signals";
/// The header that says where the person is (ISO 3166, such as `DE` or `US-CA`).
pub const JURISDICTION_HEADER: &str = "confidant-jurisdiction";
/// Longest name of a jurisdiction, in bytes.
const JURISDICTION_BYTES_MAX: usize = 8;

/// Everything about a request that says who calls, before it is known what is asked.
#[derive(Clone, Debug)]
pub struct Credentials {
    key: Option<String>,
    token: Option<String>,
    origin: Option<String>,
    prefix: NetworkPrefix,
    gpc: Signals,
    signals: Result<Option<String>, Problem>,
    jurisdiction: Result<Option<String>, Problem>,
    /// Where the address is, as far as a file of the shop knows it.
    found: Option<Place>,
}

impl Credentials {
    /// Where the request comes from, as far as that is kept.
    pub const fn prefix(&self) -> NetworkPrefix {
        self.prefix
    }
}

/// A caller who may be here.
#[derive(Clone, Debug)]
pub struct Caller {
    /// What the key may do.
    pub role: Role,
    /// The customer that a valid token names.
    pub customer: Option<CustomerId>,
    /// Where the request comes from.
    pub prefix: NetworkPrefix,
    /// Signals and law of the request.
    pub circumstances: Circumstances,
    /// What each signal of the request said, in its own words.
    pub signals: Combined,
    /// Where the person is, if the request, its address or the settings say so.
    pub place: Option<Arc<str>>,
}

impl FromRequestParts<App> for Credentials {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let text = |name: &str| {
            parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let gpc = parts.headers.get_all("sec-gpc");
        let address = client(app, peer, &parts.headers);
        let jurisdiction = only(&parts.headers, JURISDICTION_HEADER);
        let unsaid = jurisdiction.as_ref().is_ok_and(Option::is_none);
        let places = app.shared.places.as_ref().filter(|_| unsaid);
        Ok(Self {
            key: text(header::AUTHORIZATION.as_str()).and_then(|value| key_of(&value)),
            token: text(CUSTOMER_HEADER),
            origin: text(header::ORIGIN.as_str()),
            prefix: NetworkPrefix::of(address),
            gpc: signals::gpc(gpc.iter().map(HeaderValue::as_bytes)),
            signals: only(&parts.headers, SIGNALS_HEADER),
            jurisdiction,
            found: places.and_then(|places| places.find(address)),
        })
    }
}

/// A header that stands once or not at all: who says two things has said nothing that counts.
fn only(headers: &HeaderMap, name: &str) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(name).iter();
    match (values.next().map(HeaderValue::to_str), values.next()) {
        (None, _) => Ok(None),
        (Some(Ok(text)), None) => Ok(Some(text.to_owned())),
        (Some(Ok(_)), Some(_)) => {
            Err(Problem::new(problem::INVALID, format!("{name} stands more than once")))
        }
        (Some(Err(_)), _) => {
            Err(Problem::new(problem::INVALID, format!("{name} is not plain ASCII")))
        }
    }
}

/// The law of a place that a request names, or of the settings where it names none.
///
/// # Errors
/// [`problem::INVALID`] for what cannot be the name of a place.
pub fn law_at(app: &App, place: Option<&str>) -> Result<AppliedLaw, Problem> {
    let today = app.shared.clock.now().day();
    let Some(place) = place else { return Ok(app.shared.law(today)) };
    if !(1..=JURISDICTION_BYTES_MAX).contains(&place.len()) {
        let detail = format!("jurisdiction has 1 to {JURISDICTION_BYTES_MAX} characters");
        return Err(Problem::new(problem::INVALID, detail));
    }
    Ok(app.shared.law_at(Some(place), today))
}

/// The address of the client: the peer's, or what a trusted proxy says of it.
fn client(app: &App, peer: Option<IpAddr>, headers: &HeaderMap) -> IpAddr {
    let peer = peer.unwrap_or(IpAddr::from([0, 0, 0, 0]));
    if !app.shared.settings.trusted_proxies.contains(&peer.to_canonical()) {
        return peer;
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back();
    let last = forwarded.and_then(|value| value.to_str().ok()).and_then(|v| v.rsplit(',').next());
    last.and_then(|address| address.trim().parse().ok()).unwrap_or(peer)
}

/// Where a person is, and the law there.
#[derive(Debug)]
pub struct Whereabouts {
    /// The law.
    pub law: AppliedLaw,
    /// Whether the request or its address says so.
    pub is_told: bool,
    /// The place.
    pub place: Option<Arc<str>>,
}

impl Whereabouts {
    fn told(app: &App, place: Arc<str>) -> Result<Self, Problem> {
        Ok(Self { law: law_at(app, Some(&place))?, is_told: true, place: Some(place) })
    }

    /// Where the settings say.
    fn home(app: &App) -> Self {
        let law = app.shared.law(app.shared.clock.now().day());
        Self { law, is_told: false, place: app.shared.home_place.clone() }
    }

    /// Where the address of a visitor is; where the settings say when there is no file of places.
    ///
    /// # Privacy
    /// An address that the file does not know is under the strictest law.
    pub fn of_visitor(app: &App, found: Option<&Place>) -> Self {
        if app.shared.places.is_none() {
            return Self::home(app);
        }
        let today = app.shared.clock.now().day();
        let Some(found) = found else {
            return Self { law: app.shared.law_at(None, today), is_told: false, place: None };
        };
        let place = app.shared.effect().laws.least(found).1;
        let law = app.shared.law_at(Some(place.as_str()), today);
        Self { law, is_told: true, place: Some(Arc::from(place.as_str())) }
    }
}

impl Credentials {
    /// Where the visitor is who calls without a key.
    pub fn whereabouts(&self, app: &App) -> Whereabouts {
        Whereabouts::of_visitor(app, self.found.as_ref())
    }

    /// Counts a request that needs no key.
    ///
    /// # Errors
    /// [`problem::RATE`].
    pub fn within_rate(&self, app: &App) -> Result<(), Problem> {
        match app.rates.admits(self.prefix) {
            true => Ok(()),
            false => Err(problem::RATE.into()),
        }
    }

    /// Global Privacy Control, where the browser sends it.
    pub const fn gpc(&self) -> Signals {
        self.gpc
    }

    /// Believes the credentials or says what is missing. `claimed` is a key that the body carries,
    /// as some of Segment's libraries do; a header goes first, and the secret key is never taken
    /// from a body.
    ///
    /// # Errors
    /// [`problem::UNAUTHENTICATED`], [`problem::ORIGIN`] or [`problem::RATE`].
    pub fn believe(self, app: &App, claimed: Option<&str>) -> Result<Caller, Problem> {
        let keys = &app.shared.api_keys;
        let role = match (&self.key, claimed) {
            (Some(key), _) => keys.role(key),
            (None, Some(key)) => keys.role(key).filter(|role| *role == Role::Write),
            (None, None) => None,
        };
        let role = role.ok_or(problem::UNAUTHENTICATED)?;
        if role == Role::Write {
            let own = |origin: &String| {
                app.shared.settings.origins.iter().any(|known| known.as_str() == origin)
            };
            if self.origin.as_ref().is_some_and(|origin| !own(origin)) {
                return Err(problem::ORIGIN.into());
            }
            if !app.rates.admits(self.prefix) {
                return Err(problem::RATE.into());
            }
        }
        let now = app.shared.clock.now();
        let customer = match &self.token {
            Some(token) => Some(
                keys.customer(token, &app.shared.settings.shop, now)
                    .map_err(|error| Problem::new(problem::UNAUTHENTICATED, error))?,
            ),
            None => None,
        };
        let place = self.jurisdiction?.map(Arc::<str>::from);
        let place = match (place, role) {
            (Some(told), _) => Whereabouts::told(app, told)?,
            (None, Role::Write) => Whereabouts::of_visitor(app, self.found.as_ref()),
            (None, Role::Secret) => Whereabouts::home(app),
        };
        let Whereabouts { law, is_told, place } = place;
        let mut statements = Vec::new();
        if !self.gpc.is_empty() {
            statements.push(Statement::gpc());
        }
        if let Some(text) = self.signals? {
            let sent = Sent::read(&text).map_err(|error| Problem::new(problem::INVALID, error))?;
            statements.extend(sent.statements(&app.shared.signals, place.as_deref(), now));
        }
        let signals = combine(statements);
        let circumstances = Circumstances { signals: against(&signals), law, is_told };
        Ok(Caller { role, customer, prefix: self.prefix, circumstances, signals, place })
    }
}

/// What signals say no to. Global Privacy Control stands beside every purpose, so that evidence of
/// any choice has it.
pub fn against(signals: &Combined) -> SignalsByPurpose {
    let gpc = signals.seen().only(Signal::Gpc);
    signals.signals().and(SignalsByPurpose::everywhere(gpc))
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Ok(credentials) = Credentials::from_request_parts(parts, app).await;
        credentials.believe(app, None)
    }
}

impl Caller {
    /// The person that this caller may speak of; see DESIGN, keys of the API.
    ///
    /// # Errors
    /// [`problem::FORBIDDEN`] when a customer is named without the right to.
    pub fn subject(
        &self,
        customer: Option<CustomerId>,
        browser: Option<BrowserId>,
    ) -> Result<Option<Subject>, Problem> {
        match (self.role, &self.customer, customer) {
            (Role::Secret, _, Some(named)) => Ok(Some(Subject::Customer(named))),
            (_, Some(token), Some(named)) if *token != named => {
                Err(Problem::new(problem::FORBIDDEN, "the token names another customer"))
            }
            (_, Some(token), _) => Ok(Some(Subject::Customer(token.clone()))),
            (Role::Write, None, Some(_)) => Err(Problem::new(
                problem::FORBIDDEN,
                "naming a customer needs the secret key or a customer token",
            )),
            (_, None, None) => Ok(browser.map(Subject::Browser)),
        }
    }

    /// Carries Global Privacy Control of an identified customer to the account, where that ends
    /// something; see [`crate::engine::Engine::carry_gpc`].
    ///
    /// # Errors
    /// What the writer says.
    pub async fn carry_gpc(&self, app: &App, name: Option<&Subject>) -> Result<(), Problem> {
        let Some(name @ Subject::Customer(_)) = name else { return Ok(()) };
        if !self.signals.seen().holds(Signal::Gpc) {
            return Ok(());
        }
        let (now, request, how) = (app.shared.clock.now(), self.circumstances, self.how());
        let subject = app.shared.ring.subject_ref(name);
        let ends = {
            let people = app.shared.people.read();
            let nobody = Person::default();
            let person = people.get(&subject).unwrap_or(&nobody);
            !person.ended_by_gpc(subject, &request, (now, now)).is_empty()
        };
        if ends {
            let name = name.clone();
            let carry =
                move |engine: &mut Engine, _| engine.carry_gpc(&name, (&request, how), (now, now));
            app.writer.run(carry).await?;
        }
        Ok(())
    }

    /// How it was made sure whom this caller speaks of.
    pub const fn how(&self) -> Verification {
        match (self.role, &self.customer) {
            (Role::Secret, _) => Verification::SecretKey,
            (Role::Write, Some(_)) => Verification::CustomerToken,
            (Role::Write, None) => Verification::BrowserHandle,
        }
    }

    /// Refuses everyone but the shop's server.
    ///
    /// # Errors
    /// [`problem::FORBIDDEN`].
    pub fn secret_only(&self) -> Result<(), Problem> {
        match self.role {
            Role::Secret => Ok(()),
            Role::Write => Err(Problem::new(problem::FORBIDDEN, "this needs the secret key")),
        }
    }
}

/// A staff member: with the staff key, or with a key of their own.
#[derive(Clone, Debug)]
pub struct Staff {
    /// Who, where the key is their own.
    pub member: Option<Member>,
}

impl Staff {
    /// Whose key it is; `None` for a key of nobody.
    pub fn of(app: &App, key: &str) -> Option<Self> {
        let member = app.shared.members.find(key).cloned();
        (member.is_some() || app.shared.api_keys.is_staff(key)).then_some(Self { member })
    }

    /// Somebody with a name, because what is done stands under it.
    ///
    /// # Errors
    /// [`problem::FORBIDDEN`] for the key that all share.
    pub fn named(self) -> Result<Member, Problem> {
        let detail = "this needs the key of one member of staff; see staff_members in the settings";
        self.member.ok_or_else(|| Problem::new(problem::FORBIDDEN, detail))
    }
}

impl FromRequestParts<App> for Staff {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let header = parts.headers.get(header::AUTHORIZATION);
        let key = header.and_then(|value| value.to_str().ok()).and_then(key_of);
        match key {
            Some(key) => Self::of(app, &key).ok_or_else(|| problem::FORBIDDEN.into()),
            None => Err(problem::UNAUTHENTICATED.into()),
        }
    }
}

/// Names the keys in the API's description.
#[derive(Debug)]
pub struct SecuritySchemes;

impl Modify for SecuritySchemes {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        for (name, what) in [
            ("write_key", "The public write key; bound to the shop's origins."),
            ("secret_key", "The secret key of the shop's server."),
            ("staff_key", "The key of the staff listener."),
        ] {
            let bearer =
                HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(what)).build();
            components.add_security_scheme(name, SecurityScheme::Http(bearer));
        }
        let token = ApiKeyValue::with_description(
            CUSTOMER_HEADER,
            "A token that names one customer, signed by the shop's server (HS256, ten minutes).",
        );
        components
            .add_security_scheme("customer_token", SecurityScheme::ApiKey(ApiKey::Header(token)));
    }
}
