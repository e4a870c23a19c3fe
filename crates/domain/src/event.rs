//! The closed list of things that happen in a shop, whatever the sender calls them.

use serde::{Deserialize, Serialize};

/// What happened to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Action {
    /// The item's page or card was opened.
    View,
    /// The item was put into the cart.
    AddToCart,
    /// The item was taken out of the cart.
    RemoveFromCart,
    /// The item was remembered on a wish list.
    AddToWishlist,
    /// The item was bought.
    Purchase,
    /// The item was sent back.
    Refund,
}

impl Action {
    /// The action as answers write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::AddToCart => "add_to_cart",
            Self::RemoveFromCart => "remove_from_cart",
            Self::AddToWishlist => "add_to_wishlist",
            Self::Purchase => "purchase",
            Self::Refund => "refund",
        }
    }

    /// Whether the item joins the session that models learn from.
    pub const fn joins_session(self) -> bool {
        match self {
            Self::View | Self::AddToCart | Self::AddToWishlist | Self::Purchase => true,
            Self::RemoveFromCart | Self::Refund => false,
        }
    }
}

#[cfg(test)]
mod tests;
