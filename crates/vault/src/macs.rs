//! Names that are found again without being stored: keyed MACs under keys of their own.

use std::fmt;

use domain::hex::{self, HexError};
use domain::id::RowId;
use personal::purpose::PurposeName;
use personal::subject::{BrowserId, Subject, SubjectRef};
use subtle::ConstantTimeEq;

use crate::key::ShopKeys;

macro_rules! tag16 {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Takes the sixteen bytes of the MAC.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The sixteen bytes of the MAC.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

tag16! {
    /// Finds a person's key row in one purpose. Two purposes never share one.
    BlindIndex
}

tag16! {
    /// Names an erased person under an erasure-only key.
    TombstoneMac
}

tag16! {
    /// What a browser shows to erase what belongs to its id.
    EraseHandle
}

impl EraseHandle {
    /// Reads 32 lower-case hexadecimal characters.
    ///
    /// # Errors
    /// [`HexError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, HexError> {
        hex::decode(text).map(Self)
    }

    /// The text that the browser keeps. Only the answer that issues the handle may carry it.
    pub fn to_hex(self) -> String {
        hex::encode(&self.0)
    }
}

impl ShopKeys {
    /// The person inside the running server.
    pub fn subject_ref(&self, subject: &Subject) -> SubjectRef {
        SubjectRef::from_bytes(self.subjects.tag(&[&subject.mac_input()]))
    }

    /// Where the person's key row of one purpose is found.
    ///
    /// # Privacy
    /// Without the shop key nobody can say which two blind indexes belong to one person.
    pub fn blind(&self, purpose: PurposeName, subject: &Subject) -> BlindIndex {
        BlindIndex(self.blinds.of(purpose).tag(&[&subject.mac_input()]))
    }

    /// The name of the person's tombstone.
    pub fn tombstone(&self, subject: &Subject) -> TombstoneMac {
        self.tombstone_of(self.subject_ref(subject))
    }

    /// The same for a person whose name is not at hand, such as one that a backup brings back.
    pub fn tombstone_of(&self, subject: SubjectRef) -> TombstoneMac {
        TombstoneMac(self.tombstones.tag(&[subject.as_bytes()]))
    }

    /// A number for one message of one source, to notice repeats.
    pub fn message(&self, source: &str, message_id: &str) -> u64 {
        u64::from_be_bytes(self.messages.tag(&[source.as_bytes(), message_id.as_bytes()]))
    }

    /// The id of the row that part `part` of a message becomes in one purpose. The same message
    /// gives the same id, so that a repeat finds the row already there.
    ///
    /// # Privacy
    /// The copies of one event in two purposes have ids that cannot be joined.
    pub fn row_id(&self, purpose: PurposeName, message: u64, part: u32) -> RowId {
        let tag = self.rows.of(purpose).tag(&[&message.to_be_bytes(), &part.to_be_bytes()]);
        RowId::from_bytes(tag)
    }

    /// The id of the row that holds a mail address. The same address gives the same id, so that
    /// a person is found by it.
    ///
    /// # Privacy
    /// Without the shop key nobody can try addresses against the ids of stolen rows.
    pub fn address(&self, address: &str) -> RowId {
        let tag = self.rows.of(PurposeName::LegalObligation);
        RowId::from_bytes(tag.tag(&[b"mail address", address.as_bytes(), b""]))
    }

    /// The handle that erases what belongs to a browser id.
    pub fn erase_handle(&self, browser: &BrowserId) -> EraseHandle {
        EraseHandle(self.erase_handles.tag(&[&Subject::Browser(*browser).mac_input()]))
    }

    /// Whether `shown` is the erase handle of `browser`, in a time that does not depend on it.
    pub fn is_erase_handle(&self, browser: &BrowserId, shown: EraseHandle) -> bool {
        self.erase_handle(browser).0.ct_eq(&shown.0).into()
    }
}

#[cfg(test)]
mod tests;
