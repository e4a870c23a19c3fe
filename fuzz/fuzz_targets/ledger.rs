//! Everything of a log that strangers send: nothing panics, and what is read has one spelling.
#![no_main]

use ledger::bundle;
use ledger::checkpoint::Checkpoint;
use ledger::entry::{Disclosure, Entry};
use ledger::key::{SignerKey, VerifierKey};
use ledger::note::Note;
use ledger::policy::Policy;
use ledger::proof::TlogProof;
use ledger::tile::{self, Resource, Width};
use ledger::witness::{AddCheckpoint, read_reply};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(note) = Note::parse(data) {
        assert_eq!(note.to_text().as_bytes(), data);
        if let Ok(checkpoint) = Checkpoint::parse(note.text()) {
            assert_eq!(checkpoint.to_text(), note.text());
        }
        let _unused = read_reply((200, data), &note, &[]);
    }
    if let Ok(proof) = TlogProof::parse(data) {
        assert_eq!(proof.to_text().as_bytes(), data);
    }
    if let Ok(request) = AddCheckpoint::parse(data) {
        assert_eq!(request.to_text().as_bytes(), data);
    }
    if let Ok(entry) = Entry::parse(data) {
        assert_eq!(entry.to_bytes(), data);
    }
    if let Ok(disclosure) = Disclosure::parse(data) {
        assert_eq!(disclosure.to_bytes(), data);
    }
    let _unused = Policy::parse(data);
    for places in [1, 2, 256] {
        let Some(width) = Width::new(places) else { continue };
        let _unused = (bundle::entries(data, width), tile::hashes(data, width));
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(resource) = Resource::parse(text) {
        assert_eq!(resource.to_string(), text);
    }
    if let Ok(key) = VerifierKey::parse(text) {
        assert_eq!(key.to_text(), text);
    }
    if let Ok(key) = SignerKey::parse(text) {
        assert_eq!(*key.to_text(), text);
    }
});
