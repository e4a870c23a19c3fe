//! Countries in which a shop sells.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An ISO 3166-1 alpha-2 country code: two capital letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Market([u8; 2]);

/// The text is not a country code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("market is not two capital letters (ISO 3166-1)")]
pub struct MarketError;

impl Market {
    /// Reads two capital letters.
    ///
    /// # Errors
    /// [`MarketError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, MarketError> {
        let code: [u8; 2] = text.as_bytes().try_into().map_err(|_| MarketError)?;
        if !code.iter().all(u8::is_ascii_uppercase) {
            return Err(MarketError);
        }
        Ok(Self(code))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("ZZ")
    }
}

impl TryFrom<String> for Market {
    type Error = MarketError;

    fn try_from(text: String) -> Result<Self, MarketError> {
        Self::parse(&text)
    }
}

impl From<Market> for String {
    fn from(market: Market) -> Self {
        market.as_str().to_owned()
    }
}

impl fmt::Debug for Market {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
