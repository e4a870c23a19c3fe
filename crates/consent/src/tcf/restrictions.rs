//! What a publisher forbids vendors or asks of them (TC string format, Publisher Restrictions
//! Section).

use std::collections::BTreeMap;

use super::sets::{VendorId, VendorSet};

/// What a restriction says (RestrictionType, 2 bits).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RestrictionKind {
    /// 0: the purpose is not allowed, whatever the vendor declared.
    NotAllowed,
    /// 1: only with consent, if the vendor declared the purpose flexible.
    RequireConsent,
    /// 2: only by legitimate interest, if the vendor declared the purpose flexible.
    RequireLegitimateInterest,
    /// 3: has no meaning.
    Undefined,
}

impl RestrictionKind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; 4] =
        [Self::NotAllowed, Self::RequireConsent, Self::RequireLegitimateInterest, Self::Undefined];

    /// The two bits of the string.
    pub const fn code(self) -> u8 {
        match self {
            Self::NotAllowed => 0,
            Self::RequireConsent => 1,
            Self::RequireLegitimateInterest => 2,
            Self::Undefined => 3,
        }
    }

    pub(crate) const fn from_low_bits(bits: u64) -> Self {
        match bits & 3 {
            0 => Self::NotAllowed,
            1 => Self::RequireConsent,
            2 => Self::RequireLegitimateInterest,
            _ => Self::Undefined,
        }
    }
}

/// Largest number of a purpose that a restriction can carry (6 bits).
pub const RESTRICTED_PURPOSE_MAX: u8 = 63;

/// All restrictions of a string, by purpose and kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restrictions(BTreeMap<(u8, RestrictionKind), VendorSet>);

impl Restrictions {
    /// No restriction.
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Adds vendors to a restriction.
    pub fn add(&mut self, purpose: u8, kind: RestrictionKind, vendors: &VendorSet) {
        let to = self.vendors_mut(purpose, kind);
        for range in vendors.ranges() {
            to.insert_range(range);
        }
    }

    /// How many pairs of purpose and kind there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Purpose, kind and vendors, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (u8, RestrictionKind, &VendorSet)> {
        self.0.iter().map(|((purpose, kind), vendors)| (*purpose, *kind, vendors))
    }

    /// Whether `vendor` is restricted so for `purpose`.
    pub fn holds(&self, purpose: u8, kind: RestrictionKind, vendor: VendorId) -> bool {
        self.0.get(&(purpose, kind)).is_some_and(|vendors| vendors.contains(vendor))
    }

    pub(crate) fn vendors_mut(&mut self, purpose: u8, kind: RestrictionKind) -> &mut VendorSet {
        self.0.entry((purpose, kind)).or_default()
    }
}
