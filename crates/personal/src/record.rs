//! One declaration per kind of data, from which storage, inventory, retention, erasure and
//! notices are computed. What is not declared cannot be stored.

use domain::time::Day;

use crate::purpose::PurposeName;

/// What kind of data a record holds, in the words of a privacy notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// Choices about purposes and their evidence.
    ConsentRecord,
    /// Items looked at, put into the cart or bought, under a pseudonym.
    PseudonymousBrowsing,
    /// Sizes and categories that the person told the shop.
    StatedPreferences,
    /// Requests under data protection law and their receipts.
    RightsRecord,
    /// Which staff member looked at what and why.
    AccessLog,
    /// Where a person is reached.
    ContactDetails,
}

impl Category {
    /// The category as the inventory writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessLog => "access log",
            Self::ConsentRecord => "consent record",
            Self::ContactDetails => "contact details",
            Self::PseudonymousBrowsing => "pseudonymous browsing",
            Self::RightsRecord => "rights record",
            Self::StatedPreferences => "stated preferences",
        }
    }
}

/// What an erasure does with the rows of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnErasure {
    /// Rows and key go at once.
    Delete,
    /// Rows stay, for a reason that the receipt names (GDPR Art. 17(3)).
    Keep {
        /// The article that allows it.
        basis: &'static str,
        /// For how long at most, in days from writing.
        days: u32,
    },
}

/// One field of a record, with the sentence that the inventory prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Name of the field.
    pub name: &'static str,
    /// What it is, in plain words.
    pub what: &'static str,
}

/// Everything that the shop says about one table. One per (kind, purpose).
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// Name of the table.
    pub table: &'static str,
    /// What it holds, in plain words.
    pub what: &'static str,
    /// The only purpose that it is kept for.
    pub purpose: PurposeName,
    /// Category of the data.
    pub category: Category,
    /// Version of the record's layout.
    pub schema: u16,
    /// Longest retention, in days from writing.
    pub keep_days_max: u32,
    /// What an erasure does.
    pub on_erasure: OnErasure,
    /// The fields of a record.
    pub fields: &'static [Field],
}

impl Declaration {
    /// The first day on which a row written on `day` is deleted.
    pub const fn expires(&self, day: Day) -> Day {
        day.plus(self.keep_days_max)
    }
}

/// How rows of a layout from before are read: through a frozen struct.
#[derive(Clone, Copy, Debug)]
pub struct Older<T> {
    /// Version of that layout.
    pub schema: u16,
    /// Reads it; trailing bytes are refused.
    pub decode: fn(&[u8]) -> Result<T, RecordError>,
}

/// A kind of data that can be stored. Only `record!` implements it; `tidy` checks that.
pub trait Stored: Sized + 'static {
    /// What the shop says about the table.
    const DECLARATION: Declaration;

    /// The layouts from before that rows may still have, newest first.
    const OLDER: &'static [Older<Self>];

    /// The record in its stored layout.
    ///
    /// # Errors
    /// [`RecordError::Codec`] when a field cannot be written.
    fn encode(&self) -> Result<Vec<u8>, RecordError>;

    /// Reads the stored layout; trailing bytes are refused.
    ///
    /// # Errors
    /// [`RecordError::Codec`] when the bytes are not a record of this layout.
    fn decode(bytes: &[u8]) -> Result<Self, RecordError>;
}

/// Why a record could not be written or read. Says nothing about its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The bytes are not a record of the declared layout.
    #[error("record does not have the declared layout")]
    Codec,
    /// Sealing or opening failed.
    #[error("failed")]
    Seal,
    /// The row belongs to another table.
    #[error("row belongs to another table")]
    WrongTable,
}

/// Writes a value in the stored layout (postcard wire format 1).
///
/// # Errors
/// [`RecordError::Codec`].
pub fn encode<T: serde::Serialize>(fields: &T) -> Result<Vec<u8>, RecordError> {
    postcard::to_allocvec(fields).map_err(|_| RecordError::Codec)
}

/// Reads a value in the stored layout and refuses trailing bytes.
///
/// # Errors
/// [`RecordError::Codec`].
pub fn decode<'a, T: serde::Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, RecordError> {
    match postcard::take_from_bytes(bytes) {
        Ok((fields, [])) => Ok(fields),
        Ok(_) | Err(_) => Err(RecordError::Codec),
    }
}

/// Appends a field in the stored layout.
///
/// # Errors
/// [`RecordError::Codec`].
pub fn append<T: serde::Serialize>(bytes: Vec<u8>, field: &T) -> Result<Vec<u8>, RecordError> {
    postcard::to_extend(field, bytes).map_err(|_| RecordError::Codec)
}

/// Reads a field from the front and gives the rest.
///
/// # Errors
/// [`RecordError::Codec`].
pub fn split_off<'a, T: serde::Deserialize<'a>>(
    bytes: &'a [u8],
) -> Result<(T, &'a [u8]), RecordError> {
    postcard::take_from_bytes(bytes).map_err(|_| RecordError::Codec)
}

/// Declares a kind of data: struct, declaration and codec, written once.
///
/// The struct gets no `Serialize`, and its `Debug` prints its name only: once opened it can be
/// used, not spilled. `older: 1 => decode_v1,` behind `on_erasure` reads rows of a layout from
/// before.
///
/// ```
/// use personal::record;
/// record! {
///     /// One closed visit.
///     pub struct Visit: SharedLearning, table "visit", schema 1 {
///         category: PseudonymousBrowsing,
///         keep_days_max: 90,
///         on_erasure: Delete,
///         /// the items, oldest first
///         items: Vec<String>,
///     }
/// }
/// use personal::record::Stored;
/// assert_eq!(Visit::DECLARATION.keep_days_max, 90);
/// assert_eq!(Visit::DECLARATION.fields.len(), 1);
/// ```
#[macro_export]
macro_rules! record {
    (
        $(#[doc = $what:expr])+
        pub struct $name:ident: $purpose:ident, table $table:literal, schema $schema:literal {
            category: $category:ident,
            keep_days_max: $keep:expr,
            on_erasure: $erasure:ident $({ basis: $basis:literal, days: $days:expr $(,)? })?,
            $(older: $older:literal => $upgrade:path,)*
            $($(#[doc = $field_what:expr])+ $field:ident: $type:ty,)+
        }
    ) => {
        $(#[doc = $what])+
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name {
            $($(#[doc = $field_what])+ pub $field: $type,)+
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }

        impl $crate::record::Stored for $name {
            const DECLARATION: $crate::record::Declaration = $crate::record::Declaration {
                table: $table,
                what: concat!($($what),+),
                purpose: $crate::purpose::PurposeName::$purpose,
                category: $crate::record::Category::$category,
                schema: $schema,
                keep_days_max: $keep,
                on_erasure: $crate::record::OnErasure::$erasure
                    $({ basis: $basis, days: $days })?,
                fields: &[
                    $($crate::record::Field {
                        name: stringify!($field),
                        what: concat!($($field_what),+),
                    },)+
                ],
            };

            const OLDER: &'static [$crate::record::Older<Self>] =
                &[$($crate::record::Older { schema: $older, decode: $upgrade },)*];

            fn encode(&self) -> Result<Vec<u8>, $crate::record::RecordError> {
                let bytes = Vec::new();
                $(let bytes = $crate::record::append(bytes, &self.$field)?;)+
                Ok(bytes)
            }

            fn decode(bytes: &[u8]) -> Result<Self, $crate::record::RecordError> {
                $(let ($field, bytes) = $crate::record::split_off::<$type>(bytes)?;)+
                match bytes {
                    [] => Ok(Self { $($field),+ }),
                    _ => Err($crate::record::RecordError::Codec),
                }
            }
        }
    };
}

#[cfg(test)]
mod tests;
