//! Who may say who (DESIGN: keys of the API).
//!
//! - The **write key** is public, sits in pages and is bound to exact origins. It never names a
//!   customer.
//! - The **secret key** stays on the shop's servers and may name anyone.
//! - A **customer token** is signed by the shop's server with the secret key and names one
//!   customer for at most ten minutes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::ShopId;
use domain::time::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use personal::subject::CustomerId;
use serde::Deserialize;
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Longest life of a customer token, in seconds.
pub const TOKEN_SECONDS_MAX: i64 = 600;
/// Longest customer token, in bytes.
pub const TOKEN_BYTES_MAX: usize = 2_048;
/// How far the clocks of shop and server may differ, in seconds.
pub const CLOCK_SKEW_SECONDS_MAX: i64 = 30;

/// The keys of one shop. Prints nothing.
#[derive(Clone)]
pub struct ApiKeys {
    write: String,
    secret: String,
    staff: String,
}

/// What a request showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A page of the shop, or anyone who looked into one.
    Write,
    /// The shop's server.
    Secret,
}

/// Why a customer token is not believed. The same words for every forgery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Its time is over or has not begun.
    #[error("customer token is outside its ten minutes")]
    Expired,
    /// Not signed by this shop, or not a token at all.
    #[error("customer token is not valid")]
    Invalid,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    typ: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    aud: String,
    sub: String,
    iat: i64,
    exp: i64,
}

impl ApiKeys {
    /// Makes the keys of a new shop from random bytes.
    pub fn generate(random: &[[u8; 32]; 3]) -> Self {
        let [write, secret, staff] = random;
        let (short, _) = write.split_at(16);
        Self {
            write: format!("wk_{}", domain::hex::encode(short)),
            secret: format!("sk_{}", domain::hex::encode(secret)),
            staff: format!("st_{}", domain::hex::encode(staff)),
        }
    }

    /// The keys in one line each, as they are sealed in the key store.
    pub fn to_lines(&self) -> String {
        format!("{}\n{}\n{}\n", self.write, self.secret, self.staff)
    }

    /// Reads [`ApiKeys::to_lines`] again.
    pub fn from_lines(text: &str) -> Option<Self> {
        let mut lines = text.lines().map(str::to_owned);
        let keys = Self { write: lines.next()?, secret: lines.next()?, staff: lines.next()? };
        let right = keys.write.starts_with("wk_") && keys.secret.starts_with("sk_");
        (right && keys.staff.starts_with("st_") && lines.next().is_none()).then_some(keys)
    }

    /// The public write key.
    pub fn write_key(&self) -> &str {
        &self.write
    }

    /// The secret key, to be shown once and written to a file.
    pub fn secret_key(&self) -> &str {
        &self.secret
    }

    /// The key of the staff listener, to be shown once and written to a file.
    pub fn staff_key(&self) -> &str {
        &self.staff
    }

    /// What a key may do; `None` for a key of nobody.
    pub fn role(&self, key: &str) -> Option<Role> {
        if same(key, &self.secret) {
            return Some(Role::Secret);
        }
        same(key, &self.write).then_some(Role::Write)
    }

    /// Whether this is the staff key.
    pub fn is_staff(&self, key: &str) -> bool {
        same(key, &self.staff)
    }

    /// Reads a customer token: a JWT with HS256 over the secret key (RFC 7519, RFC 8725), `aud`
    /// the shop, `sub` the customer, `exp` at most ten minutes after `iat`.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn customer(
        &self,
        token: &str,
        shop: &ShopId,
        now: Timestamp,
    ) -> Result<CustomerId, TokenError> {
        let claims = self.signed_claims(token).ok_or(TokenError::Invalid)?;
        if claims.aud != shop.as_str() {
            return Err(TokenError::Invalid);
        }
        let now_s = now.ms() / 1_000;
        let life = claims.exp.checked_sub(claims.iat).ok_or(TokenError::Invalid)?;
        let begun = claims.iat <= now_s.saturating_add(CLOCK_SKEW_SECONDS_MAX);
        if !(1..=TOKEN_SECONDS_MAX).contains(&life) || !begun || now_s >= claims.exp {
            return Err(TokenError::Expired);
        }
        CustomerId::parse(&claims.sub).map_err(|_| TokenError::Invalid)
    }

    fn signed_claims(&self, token: &str) -> Option<Claims> {
        if token.len() > TOKEN_BYTES_MAX {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).ok()?;
        mac.update(signed.as_bytes());
        mac.verify_slice(&signature).ok()?;
        let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        let typed = header.typ.as_deref().is_none_or(|typ| typ.eq_ignore_ascii_case("JWT"));
        if header.alg != "HS256" || !typed {
            return None;
        }
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
    }

    /// Signs a customer token, as the shop's server would. For the demo and for tests.
    pub fn sign_customer(&self, shop: &ShopId, customer: &str, iat_s: i64, exp_s: i64) -> String {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
        let claims = serde_json::json!({
            "aud": shop.as_str(), "sub": customer, "iat": iat_s, "exp": exp_s,
        });
        let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()) else {
            return signed;
        };
        mac.update(signed.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        format!("{signed}.{signature}")
    }
}

impl std::fmt::Debug for ApiKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiKeys(..)")
    }
}

/// Compares secrets in constant time.
fn same(given: &str, own: &str) -> bool {
    given.as_bytes().ct_eq(own.as_bytes()).into()
}

/// The key of an `Authorization` header: `Bearer KEY`, or `Basic` with the key as user name, as
/// Segment's libraries send it.
pub fn key_of(header: &str) -> Option<String> {
    if let Some(key) = header.strip_prefix("Bearer ") {
        return Some(key.trim().to_owned());
    }
    let encoded = header.strip_prefix("Basic ")?;
    let decoded = base64::engine::general_purpose::STANDARD.decode(encoded.trim()).ok()?;
    let pair = String::from_utf8(decoded).ok()?;
    Some(pair.split_once(':').map_or(pair.as_str(), |(user, _)| user).to_owned())
}

#[cfg(test)]
mod tests;
