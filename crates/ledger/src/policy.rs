//! Whose word counts (`c2sp.org/tlog-policy`): logs, witnesses, and how many of them.
//!
//! A checkpoint is valid when one of the logs signed it and the quorum of witnesses confirmed it.
//! Logs have Ed25519 keys here and witnesses `cosignature/v1` keys; a policy with other kinds of
//! keys is refused as a whole, because leaving one out would change what the quorum means.

use std::collections::BTreeSet;

use crate::checkpoint::Checkpoint;
use crate::error::LedgerError;
use crate::key::{Algorithm, Said, VerifierKey};
use crate::note::{Note, SIGNATURES_MAX};

/// Largest policy that is read, in bytes.
pub const POLICY_BYTES_MAX: usize = 128 * 1024;

/// Something with a name that confirms checkpoints.
#[derive(Clone, Debug)]
struct Member {
    name: Vec<u8>,
    rule: Rule,
    is_in_group: bool,
}

#[derive(Clone, Debug)]
enum Rule {
    Witness(VerifierKey),
    /// At least so many of the members with these places.
    Group(usize, Vec<usize>),
}

/// A policy that was read.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    logs: Vec<VerifierKey>,
    members: Vec<Member>,
    /// The place of the member that decides; `None` asks for no witness.
    quorum: Option<usize>,
}

impl Policy {
    /// Trusts one log on its own word.
    pub fn of_log(log: VerifierKey) -> Self {
        Self { logs: vec![log], ..Self::default() }
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// [`LedgerError::Policy`] with the line that breaks the format; a missing quorum is said of
    /// the line after the last.
    pub fn parse(bytes: &[u8]) -> Result<Self, LedgerError> {
        if bytes.len() > POLICY_BYTES_MAX {
            return Err(LedgerError::Policy { line: 1 });
        }
        let mut policy = Self::default();
        let mut has_quorum = false;
        let mut count = 0;
        for (line, number) in bytes.split(|byte| *byte == b'\n').zip(1..) {
            count = number;
            let wrong = LedgerError::Policy { line: number };
            if line.iter().any(|byte| matches!(byte, 0..=8 | 10..=31 | 127)) {
                return Err(wrong);
            }
            let words: Vec<&[u8]> = line
                .split(|byte| matches!(byte, b' ' | b'\t'))
                .filter(|word| !word.is_empty())
                .collect();
            let read = match words.as_slice() {
                [] => Some(()),
                [first, ..] if first.starts_with(b"#") => Some(()),
                [b"log", key] | [b"log", key, _] => policy.log(key),
                [b"witness", name, key] | [b"witness", name, key, _] => policy.witness(name, key),
                [b"group", name, least, members @ ..] => policy.group(name, least, members),
                [b"quorum", name] if !has_quorum => {
                    has_quorum = true;
                    policy.decide(name)
                }
                _ => None,
            };
            read.ok_or(wrong)?;
        }
        match has_quorum {
            true => Ok(policy),
            false => Err(LedgerError::Policy { line: count + 1 }),
        }
    }

    /// The witnesses' keys, for a client that asks them.
    pub fn witnesses(&self) -> impl Iterator<Item = &VerifierKey> {
        self.members.iter().filter_map(|member| match &member.rule {
            Rule::Witness(key) => Some(key),
            Rule::Group(..) => None,
        })
    }

    /// Verifies a note as a checkpoint that this policy trusts, and reads it.
    ///
    /// # Errors
    /// [`LedgerError::Signature`] when no log of the policy signed it as its own, or a signature
    /// does not fit; [`LedgerError::Quorum`] when too few witnesses confirmed it.
    pub fn check(&self, note: &Note) -> Result<Checkpoint, LedgerError> {
        debug_assert!(note.signatures().len() <= SIGNATURES_MAX);
        let keys: Vec<VerifierKey> = self.logs.iter().chain(self.witnesses()).cloned().collect();
        let verified = note.verify(&keys)?;
        let checkpoint = Checkpoint::parse(note.text())?;
        let is_signed = verified
            .iter()
            .any(|one| one.said == Said::Text && one.key.name().as_str() == checkpoint.origin);
        if !is_signed {
            return Err(LedgerError::Signature);
        }
        // Members stand behind what they refer to, so one pass settles all of them.
        let mut confirmed: Vec<bool> = Vec::with_capacity(self.members.len());
        for member in &self.members {
            let is_confirmed = match &member.rule {
                Rule::Witness(key) => verified.iter().any(|one| one.key == key),
                Rule::Group(least, members) => {
                    let yes = members.iter().filter(|at| confirmed.get(**at) == Some(&true));
                    yes.count() >= *least
                }
            };
            confirmed.push(is_confirmed);
        }
        match self.quorum.is_none_or(|at| confirmed.get(at) == Some(&true)) {
            true => Ok(checkpoint),
            false => Err(LedgerError::Quorum),
        }
    }

    fn log(&mut self, key: &[u8]) -> Option<()> {
        let key = read_key(key).filter(|key| key.algorithm() == Algorithm::Ed25519)?;
        let is_new = self.logs.iter().all(|log| log.public() != key.public());
        is_new.then(|| self.logs.push(key))
    }

    fn witness(&mut self, name: &[u8], key: &[u8]) -> Option<()> {
        let key = read_key(key).filter(|key| key.algorithm().is_cosignature())?;
        let is_new = self.witnesses().all(|witness| witness.public() != key.public());
        is_new.then_some(())?;
        self.member(name, Rule::Witness(key))
    }

    fn group(&mut self, name: &[u8], least: &[u8], names: &[&[u8]]) -> Option<()> {
        let mut places = BTreeSet::new();
        for name in names {
            let place = self.place(name)?;
            let member = self.members.get_mut(place)?;
            let is_free = !std::mem::replace(&mut member.is_in_group, true);
            (is_free && places.insert(place)).then_some(())?;
        }
        let least = match least {
            b"any" => 1,
            b"all" => places.len(),
            digits => {
                let number = crate::text::number(std::str::from_utf8(digits).ok()?)?;
                usize::try_from(number).ok()?
            }
        };
        (1..=places.len()).contains(&least).then_some(())?;
        self.member(name, Rule::Group(least, places.into_iter().collect()))
    }

    fn decide(&mut self, name: &[u8]) -> Option<()> {
        if name != b"none" {
            self.quorum = Some(self.place(name)?);
        }
        Some(())
    }

    fn member(&mut self, name: &[u8], rule: Rule) -> Option<()> {
        let is_new = name != b"none" && self.place(name).is_none();
        is_new.then(|| {
            self.members.push(Member { name: name.to_vec(), rule, is_in_group: false });
        })
    }

    fn place(&self, name: &[u8]) -> Option<usize> {
        self.members.iter().position(|member| member.name == name)
    }
}

fn read_key(text: &[u8]) -> Option<VerifierKey> {
    VerifierKey::parse(std::str::from_utf8(text).ok()?).ok()
}

#[cfg(test)]
mod tests;
