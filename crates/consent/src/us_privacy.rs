//! The US privacy string, version 1 (IAB, CCPA opt-out storage format): four characters such as
//! `1YNN`. IAB has retired it in favor of GPP, where it lives on as section 6.

use std::fmt;

/// What one character says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// `Y`.
    Yes,
    /// `N`.
    No,
    /// `-`: not applicable, or not known.
    NotApplicable,
}

/// A US privacy string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsPrivacy {
    /// Whether notice and the opportunity to opt out were given.
    pub notice: Said,
    /// Whether the person has opted out of the sale of personal information.
    pub opt_out_sale: Said,
    /// Whether the transaction is covered by the Limited Service Provider Agreement.
    pub lspa_covered: Said,
}

/// Why a text is no US privacy string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsPrivacyError {
    /// Not four characters.
    #[error("us privacy string has {bytes} bytes, not 4")]
    Length {
        /// Its length.
        bytes: usize,
    },
    /// Not version 1.
    #[error("us privacy string is not of version 1")]
    Version,
    /// A character that is not `Y`, `N` or `-`.
    #[error("character {at} of a us privacy string is not Y, N or -")]
    Character {
        /// Which one, from 0.
        at: usize,
    },
}

impl UsPrivacy {
    /// What says that US privacy law does not apply: `1---`.
    pub const NOT_APPLICABLE: Self = Self {
        notice: Said::NotApplicable,
        opt_out_sale: Said::NotApplicable,
        lspa_covered: Said::NotApplicable,
    };

    /// Reads a string. Lower case counts as upper case: no opt-out is lost to spelling.
    ///
    /// # Errors
    /// [`UsPrivacyError`].
    pub fn decode(text: &str) -> Result<Self, UsPrivacyError> {
        let Ok(characters) = <[u8; 4]>::try_from(text.as_bytes()) else {
            return Err(UsPrivacyError::Length { bytes: text.len() });
        };
        let [version, notice, opt_out_sale, lspa_covered] = characters;
        if version != b'1' {
            return Err(UsPrivacyError::Version);
        }
        Ok(Self {
            notice: said(notice, 1)?,
            opt_out_sale: said(opt_out_sale, 2)?,
            lspa_covered: said(lspa_covered, 3)?,
        })
    }

    /// The string.
    pub fn encode(self) -> String {
        self.to_string()
    }

    /// Whether the string says that no US privacy law applies.
    pub fn is_not_applicable(self) -> bool {
        self == Self::NOT_APPLICABLE
    }

    /// Whether the person has opted out of sale. Where the law applies the choice may never be
    /// unknown (section "US privacy string format"); one that is unknown counts as an opt-out.
    pub fn is_opted_out(self) -> bool {
        match self.opt_out_sale {
            Said::Yes => true,
            Said::No => false,
            Said::NotApplicable => !self.is_not_applicable(),
        }
    }
}

impl fmt::Display for UsPrivacy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [notice, opt_out_sale, lspa_covered] =
            [self.notice, self.opt_out_sale, self.lspa_covered].map(Said::character);
        write!(out, "1{notice}{opt_out_sale}{lspa_covered}")
    }
}

impl Said {
    const fn character(self) -> char {
        match self {
            Self::Yes => 'Y',
            Self::No => 'N',
            Self::NotApplicable => '-',
        }
    }
}

const fn said(character: u8, at: usize) -> Result<Said, UsPrivacyError> {
    match character {
        b'Y' | b'y' => Ok(Said::Yes),
        b'N' | b'n' => Ok(Said::No),
        b'-' => Ok(Said::NotApplicable),
        _ => Err(UsPrivacyError::Character { at }),
    }
}

#[cfg(test)]
mod tests;
