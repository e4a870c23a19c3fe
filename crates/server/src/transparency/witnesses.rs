//! Asking witnesses to confirm checkpoints (`c2sp.org/tlog-witness`), from the log's side.
//!
//! Only a checkpoint that is durable and served is shown to a witness, so a crash between asking
//! and keeping the answer changes nothing: the next start asks for the same head again, or for one
//! that grew out of it, and the witness says where it stands (409). A witness that confirmed more
//! than this log has, or another tree, is the sign of a folder from an older backup: nothing is
//! signed until that is cleared up.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::time::Timestamp;
use ledger::key::VerifierKey;
use ledger::note::{Note, NoteSignature};
use ledger::witness::{AddCheckpoint, Reply, read_reply};

use crate::outbound::address::Address;
use crate::outbound::{Client, OutboundError};
use crate::transparency::{DISPUTED, LogError, Published, Signed};

/// Longest pause before a witness that failed is asked again, in milliseconds.
const PAUSE_MS_MAX: i64 = 300_000;
/// How often one witness is asked for one checkpoint: it may say once where it stands.
const ASKS_MAX: usize = 3;

/// One witness.
#[derive(Clone, Debug)]
pub struct Peer {
    /// The shop's name for it.
    pub name: String,
    /// Its key.
    pub key: VerifierKey,
    /// Where it is asked.
    pub address: Address,
}

/// Why a witness did not confirm.
#[derive(Debug, thiserror::Error)]
enum Unconfirmed {
    /// It was not reached.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    /// Its answer breaks the format, or the tiles cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// It says no.
    #[error("it answered {0}")]
    Refused(u16),
    /// It knows a larger log, or another one.
    #[error("it confirmed {size} leaves of this log, which are not in the folder")]
    Disputed {
        /// What it confirmed.
        size: u64,
    },
}

/// What is known of one witness.
#[derive(Clone, Debug, Default)]
struct Standing {
    /// The size that it confirmed last, as far as is known.
    size: u64,
    signature: Option<NoteSignature>,
    failures: u32,
    again: Option<Timestamp>,
}

/// All witnesses of a log.
#[derive(Debug)]
pub struct Witnesses {
    client: Client,
    peers: Vec<Peer>,
    quorum: usize,
    standing: BTreeMap<String, Standing>,
}

impl Witnesses {
    /// Witnesses that were asked for nothing yet.
    pub fn new(client: Client, peers: Vec<Peer>, quorum: usize) -> Self {
        Self { client, peers, quorum, standing: BTreeMap::new() }
    }

    /// Asks everyone who has not confirmed the newest checkpoint and is not to be left alone; gives
    /// the checkpoint with its confirmations when the quorum has just come together.
    pub fn round(&mut self, log: &Published, now: Timestamp) -> Option<Signed> {
        let signed = log.signed()?;
        let known = log.cosigned().is_some_and(|cosigned| cosigned.head == signed.head);
        let mut heard = false;
        for peer in &self.peers {
            let standing = self.standing.entry(peer.name.clone()).or_default();
            let is_done = standing.signature.is_some() && standing.size == signed.head.size;
            if is_done || standing.again.is_some_and(|again| now < again) {
                continue;
            }
            match ask(&self.client, peer, log, (&signed, standing.size)) {
                Ok(signature) => {
                    let size = signed.head.size;
                    *standing =
                        Standing { size, signature: Some(signature), ..Standing::default() };
                    heard = true;
                }
                Err(error) => {
                    tracing::error!(%error, witness = peer.name, "a checkpoint is not confirmed");
                    if matches!(error, Unconfirmed::Disputed { .. }) {
                        log.tell(Some(DISPUTED));
                    }
                    standing.signature = None;
                    standing.failures = standing.failures.saturating_add(1);
                    let pause = 1_000_i64.saturating_mul(1 << standing.failures.min(9));
                    standing.again = Some(now.plus_ms(pause.min(PAUSE_MS_MAX)));
                }
            }
        }
        if !heard && known {
            return None;
        }
        self.confirmed(&signed)
    }

    fn confirmed(&self, signed: &Arc<Signed>) -> Option<Signed> {
        let size = signed.head.size;
        let fresh = self.standing.values().filter(|standing| standing.size == size);
        let signatures: Vec<_> = fresh.filter_map(|standing| standing.signature.clone()).collect();
        if signatures.is_empty() || signatures.len() < self.quorum {
            return None;
        }
        let mut note = signed.note.clone();
        for signature in signatures {
            note.add(signature).ok()?;
        }
        Some(Signed { note, head: signed.head })
    }

    /// How many confirmations are enough.
    pub const fn quorum(&self) -> usize {
        self.quorum
    }

    /// How many of the witnesses confirmed a note.
    pub fn count(&self, note: &Note) -> usize {
        let confirms = |peer: &&Peer| {
            let mut own = note.signatures().iter().filter(|one| one.is_by(&peer.key));
            own.any(|one| one.verify(note.text(), &peer.key).is_ok())
        };
        self.peers.iter().filter(confirms).count()
    }
}

/// Asks one witness to confirm a checkpoint, from the size that it is believed to know.
fn ask(
    client: &Client,
    peer: &Peer,
    log: &Published,
    (signed, believed): (&Signed, u64),
) -> Result<NoteSignature, Unconfirmed> {
    let new = signed.head.size;
    let mut old = believed.min(new);
    for _ in 0..ASKS_MAX {
        let proof = log.consistency(old, new)?;
        let request = AddCheckpoint { old, proof, checkpoint: signed.note.clone() };
        let headers = [("content-type", "text/plain; charset=utf-8".to_owned())];
        let answer = client.post(&peer.address, &headers, request.to_text().as_bytes())?;
        let keys = std::slice::from_ref(&peer.key);
        let reply = read_reply((answer.status, &answer.body), &signed.note, keys);
        match reply.map_err(LogError::from)? {
            Reply::Confirmed(signatures) => {
                return signatures.into_iter().next().ok_or(Unconfirmed::Refused(200));
            }
            Reply::Conflict { size } if size > new || size == old => {
                return Err(Unconfirmed::Disputed { size });
            }
            Reply::Conflict { size } => old = size,
            // The proof leads from the size that it named to another root than it confirmed.
            Reply::Refused { status: 422 } => return Err(Unconfirmed::Disputed { size: old }),
            Reply::Refused { status } => return Err(Unconfirmed::Refused(status)),
        }
    }
    Err(Unconfirmed::Refused(409))
}
