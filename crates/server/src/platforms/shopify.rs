//! Shopify's webhooks about customers' data, as Shopify's documentation for apps describes them.
//!
//! The signature covers the body and nothing else. The topic stands in a header, so it counts only
//! where the signed body has the form of that topic: a message that was caught cannot be sent
//! again as one that does more.

use axum::http::HeaderMap;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::platforms::{Hook, Named, SHOPIFY_SIGNATURE, only};

/// The header of the topic.
pub const TOPIC: &str = "x-shopify-topic";
/// The header of the message's own number.
pub const WEBHOOK_ID: &str = "x-shopify-webhook-id";
/// Longest number of a message, in bytes.
const WEBHOOK_ID_BYTES_MAX: usize = 128;

/// A customer as Shopify names one.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ShopifyCustomer {
    /// The number.
    id: u64,
}

/// The number of a request.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ShopifyRequest {
    /// The number.
    id: u64,
}

/// The body of a message; what stands there besides is not read.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ShopifyMessage {
    /// The shop, in the messages about data.
    #[serde(default)]
    shop_domain: Option<String>,
    /// The shop, in `app/uninstalled`.
    #[serde(default)]
    myshopify_domain: Option<String>,
    /// Whose data.
    #[serde(default)]
    customer: Option<ShopifyCustomer>,
    /// In `customers/data_request`.
    #[serde(default)]
    data_request: Option<ShopifyRequest>,
    /// In `customers/redact`.
    #[serde(default)]
    #[schema(value_type = Option<Vec<u64>>)]
    orders_to_redact: Option<Vec<serde::de::IgnoredAny>>,
}

/// What Shopify wants.
#[derive(Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A copy of a customer's data, for the shop to hand over.
    Data {
        /// Whose.
        customer: Named,
        /// The number of the request.
        reference: String,
    },
    /// A customer is to be erased.
    Erase(Named),
    /// The app left the shop; Shopify asks for everything two days later.
    Uninstalled,
    /// Everybody of the shop is to be erased.
    EraseShop,
}

impl std::fmt::Debug for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Data { .. } => "Data(..)",
            Self::Erase(_) => "Erase(..)",
            Self::Uninstalled => "Uninstalled",
            Self::EraseShop => "EraseShop",
        })
    }
}

/// Why a message is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotFollowed {
    /// Not signed with the secret of the app.
    Unsigned,
    /// Signed, and not a message of a known topic about this shop.
    Strange(&'static str),
}

/// The hook of one shop.
#[derive(Clone, Debug)]
pub struct Shopify {
    pub(super) hook: Hook,
    pub(super) shop: String,
}

impl Shopify {
    /// Reads a message: signature first, then topic, form and shop. The second value is the
    /// message's own number.
    ///
    /// # Errors
    /// [`NotFollowed`].
    pub fn read(&self, headers: &HeaderMap, body: &[u8]) -> Result<(Wanted, String), NotFollowed> {
        if !self.hook.secret.holds(&[body], only(headers, SHOPIFY_SIGNATURE)) {
            return Err(NotFollowed::Unsigned);
        }
        let strange = NotFollowed::Strange;
        let id = only(headers, WEBHOOK_ID).unwrap_or_default();
        if id.is_empty() || id.len() > WEBHOOK_ID_BYTES_MAX {
            return Err(strange("the webhook has no id"));
        }
        let message: ShopifyMessage =
            serde_json::from_slice(body).map_err(|_| strange("the body cannot be read"))?;
        let shop = message.shop_domain.as_ref().or(message.myshopify_domain.as_ref());
        if shop.is_none_or(|shop| *shop != self.shop) {
            return Err(strange("the message is about another shop"));
        }
        let wanted = self.wanted(only(headers, TOPIC).unwrap_or_default(), &message);
        Ok((wanted.ok_or(strange("the body has not the form of its topic"))?, id.to_owned()))
    }

    fn wanted(&self, topic: &str, message: &ShopifyMessage) -> Option<Wanted> {
        let customer = || self.hook.customer(&message.customer.as_ref()?.id.to_string());
        let bare = message.customer.is_none() && message.data_request.is_none();
        let redacts = message.orders_to_redact.is_some();
        let of_data = message.shop_domain.is_some();
        match (topic, &message.data_request) {
            ("customers/data_request", Some(request)) if !redacts => {
                Some(Wanted::Data { customer: customer()?, reference: request.id.to_string() })
            }
            ("customers/redact", None) if redacts => Some(Wanted::Erase(customer()?)),
            ("shop/redact", None) if bare && !redacts && of_data => Some(Wanted::EraseShop),
            ("app/uninstalled", None) if bare && !of_data => Some(Wanted::Uninstalled),
            _ => None,
        }
    }
}
