//! The calls that tell recipients of erasures (GDPR Art. 17(2) and 19), one after the other.
//!
//! ```text
//! engine.due > Due (parcel, permit, headers) > outbound > Met > engine.met
//! ```
//!
//! The engine knows who is due and remembers what a call met; the thread here only calls. A process
//! that ends in between calls once more: the recipient knows the message by its name.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use domain::id::RequestId;
use domain::time::Timestamp;
use personal::kinds::ErasureNotice;
use personal::parcel::{Outbound as _, Parcel};
use personal::permit::{ConsentVersion, Permit};
use personal::purpose::{LegalProof, PurposeName};
use personal::transfer::{
    Destination, OtherController, Processor, RecipientName, Role, TransferPermit,
};
use rights::receipt::public_key;
use rights::telling::{self, FORMAT, Message, Met, sign};

use crate::commands::{Failure, OrFail as _};
use crate::engine::Engine;
use crate::engine::telling::Place;
use crate::outbound::address::Address;
use crate::outbound::{Answer, Carrier, Client, Header, OutboundError};
use crate::recipients::{Callback, Declared, callback, declared};
use crate::settings::Settings;
use crate::shared::Shared;
use crate::writer::{Writer, WriterError};

/// How often it is looked whether somebody is due.
const LOOK: Duration = Duration::from_secs(1);

/// One call that is due.
pub struct Due {
    /// The row that remembers it.
    pub place: Place,
    ready: Option<Ready>,
}

impl std::fmt::Debug for Due {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Due(..)")
    }
}

/// A call with everything that it takes.
struct Ready {
    name: RecipientName,
    address: Address,
    headers: Vec<Header>,
    what: What,
    told: bool,
}

enum What {
    /// The message, to who processes for the shop.
    Processor(Parcel<Processor>, TransferPermit<Processor>),
    /// The message, to who decides for itself.
    Controller(Parcel<OtherController>, TransferPermit<OtherController>),
    /// The question how far it is. Says nothing about anybody.
    Ask,
}

/// Packs a call.
///
/// # Privacy
/// What is about the customer leaves the engine in a parcel only, with the permit for this
/// recipient; without a permit the call is not made.
pub(crate) fn call(
    settings: &Settings,
    (place, notice): (Place, &ErasureNotice),
    permit: (&Permit<LegalProof>, ConsentVersion),
    seed: &[u8; 32],
    now: Timestamp,
) -> Due {
    Due { place, ready: ready(settings, notice, permit, seed, now) }
}

fn ready(
    settings: &Settings,
    notice: &ErasureNotice,
    permit: (&Permit<LegalProof>, ConsentVersion),
    seed: &[u8; 32],
    now: Timestamp,
) -> Option<Ready> {
    let said = settings.recipients.get(&notice.recipient)?;
    let declared = declared(&notice.recipient, said).ok()?;
    let callback = callback(&notice.recipient, said, &settings.outbound).ok()??;
    let request: [u8; 16] = notice.request.as_slice().try_into().ok()?;
    let request = RequestId::from_bytes(request);
    let name = declared.recipient.name.clone();
    let mut headers = vec![("accept", "application/json".to_owned())];
    let token = callback.token().inspect_err(|error| {
        tracing::error!(%error, "the token file of a recipient cannot be read");
    });
    headers.extend(token.ok()?.map(|token| ("authorization", format!("Bearer {token}"))));
    let told = notice.told.is_some();
    if told {
        let at = format!("{}/{}", callback.url, telling::name(request, &notice.recipient));
        let address = Address::parse(&at, &settings.outbound).ok()?;
        return Some(Ready { name, address, headers, what: What::Ask, told });
    }
    let message = Message {
        request,
        recipient: &notice.recipient,
        known_by: callback.known_by,
        identity: &notice.identity,
        at: notice.at,
    };
    let body = message.body().ok()?;
    headers.extend([
        ("content-type", "application/json".to_owned()),
        ("x-confidant-format", FORMAT.to_owned()),
        ("x-confidant-key", public_key(seed)),
        ("x-confidant-signature", sign(&body, seed)),
    ]);
    let what = match declared.recipient.role {
        Role::Processor => {
            let (parcel, allowed) = pack(&declared, permit, body, now)?;
            What::Processor(parcel, allowed)
        }
        Role::Controller => {
            let (parcel, allowed) = pack(&declared, permit, body, now)?;
            What::Controller(parcel, allowed)
        }
    };
    let Callback { address, .. } = callback;
    Some(Ready { name, address, headers, what, told })
}

fn pack<D: Destination>(
    declared: &Declared,
    (permit, version): (&Permit<LegalProof>, ConsentVersion),
    body: Vec<u8>,
    now: Timestamp,
) -> Option<(Parcel<D>, TransferPermit<D>)> {
    let allowed = declared.permit(PurposeName::LegalProof, now).ok()?;
    let to = declared.recipient.name.clone();
    Some((Parcel::pack(permit, (now, version), to, body).ok()?, allowed))
}

impl Due {
    /// Makes the call.
    pub fn make(self, client: &Client, now: Timestamp) -> Met {
        let Some(Ready { name, address, headers, what, told }) = self.ready else {
            return Met::NotAllowed;
        };
        let (recipient, address, headers) = (&name, &address, headers.as_slice());
        let mut carrier = Carrier { client, recipient, address, headers };
        let answer = match what {
            What::Processor(parcel, permit) => carrier.send(&permit, parcel, now),
            What::Controller(parcel, permit) => carrier.send(&permit, parcel, now),
            What::Ask => client.get(address, headers),
        };
        match answer {
            Ok(Answer { status, body, .. }) => telling::read(status, &body, told),
            Err(OutboundError::Transfer(_) | OutboundError::Forbidden(_)) => Met::NotAllowed,
            Err(error) => {
                tracing::warn!(recipient = name.as_str(), %error, "an erasure could not be told");
                Met::Unreached
            }
        }
    }
}

/// Makes every call that is due now; says how many there were.
///
/// # Errors
/// What the writer says.
pub fn round(writer: &Writer, shared: &Shared, client: &Client) -> Result<usize, WriterError> {
    let mut calls = 0;
    while let Some(due) = writer.run_waiting(Engine::due)? {
        let place = due.place;
        let met = due.make(client, shared.clock.now());
        writer.run_waiting(move |engine, now| engine.met(place, met, now))?;
        calls += 1;
        if met == Met::Lost {
            break; // the next round tells it anew
        }
    }
    Ok(calls)
}

/// The thread; it ends when this is dropped.
#[derive(Debug)]
pub struct Teller {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Teller {
    /// Starts the thread, where a recipient wants to be told.
    ///
    /// # Errors
    /// Authorities that cannot be read, or what the system says.
    pub fn start(shared: Arc<Shared>, writer: Writer) -> Result<Self, Failure> {
        let wants = shared.settings.recipients.values().any(|said| said.erasure.is_some());
        if !wants {
            return Ok(Self { stop: None, thread: None });
        }
        let client = Client::new(&shared.settings.outbound).or_fail("recipients")?;
        let (stop, stopped) = channel();
        let thread = std::thread::Builder::new()
            .name("teller".to_owned())
            .spawn(move || run(&shared, &writer, &client, &stopped))
            .or_fail("the thread that tells of erasures cannot be started")?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that tells of erasures had a defect");
        }
    }
}

fn run(shared: &Shared, writer: &Writer, client: &Client, stopped: &Receiver<()>) {
    while stopped.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
        if let Err(error) = round(writer, shared, client) {
            tracing::warn!(%error, "recipients of erasures wait");
        }
    }
}
