//! The names of events in the ecommerce spec, version 2 and the aliases of version 1.

use domain::event::Action;

/// What the name of an event means here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Something done with one product, named in `properties`.
    Product(Action),
    /// Something done with a list of products.
    Order(Action),
    /// Part of the spec, and nothing to keep.
    Nothing,
    /// Not part of the spec.
    Unknown,
}

/// Longest name of the spec, in letters; a longer one is not compared.
const LETTERS_MAX: usize = 32;

/// Finds the meaning of a name; case, spaces, `_` and `-` do not matter.
pub fn meaning(name: &str) -> Meaning {
    let letters: String = name
        .chars()
        .filter(|c| !matches!(c, ' ' | '_' | '-'))
        .map(|c| c.to_ascii_lowercase())
        .take(LETTERS_MAX)
        .collect();
    match letters.as_str() {
        "productviewed" | "viewedproduct" | "productclicked" | "clickedproduct" => {
            Meaning::Product(Action::View)
        }
        "productadded" | "addedproduct" | "wishlistproductaddedtocart" => {
            Meaning::Product(Action::AddToCart)
        }
        "productremoved" | "removedproduct" => Meaning::Product(Action::RemoveFromCart),
        "productaddedtowishlist" | "addedproducttowishlist" | "addedtowishlist" => {
            Meaning::Product(Action::AddToWishlist)
        }
        "ordercompleted" | "completedorder" => Meaning::Order(Action::Purchase),
        "orderrefunded" | "refundedorder" => Meaning::Order(Action::Refund),
        "cartshared"
        | "cartviewed"
        | "viewedcart"
        | "checkoutstarted"
        | "startedcheckout"
        | "checkoutstepviewed"
        | "viewedcheckoutstep"
        | "checkoutstepcompleted"
        | "completedcheckoutstep"
        | "couponapplied"
        | "coupondenied"
        | "couponentered"
        | "couponremoved"
        | "ordercancelled"
        | "cancelledorder"
        | "ordercanceled"
        | "orderupdated"
        | "updatedorder"
        | "paymentinfoentered"
        | "productlistfiltered"
        | "productlistviewed"
        | "viewedproductlist"
        | "viewedproductcategory"
        | "productremovedfromwishlist"
        | "productreviewed"
        | "productshared"
        | "productssearched"
        | "searchedproducts"
        | "promotionclicked"
        | "clickedpromotion"
        | "promotionviewed"
        | "viewedpromotion" => Meaning::Nothing,
        _ => Meaning::Unknown,
    }
}

/// Finds the action of a word in the `event` column of a file: a name of the spec or one of the
/// short words that public data sets use.
pub fn action(word: &str) -> Option<Action> {
    if let Meaning::Product(action) | Meaning::Order(action) = meaning(word) {
        return Some(action);
    }
    let letters: String = word
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .take(LETTERS_MAX)
        .collect();
    match letters.as_str() {
        "click" | "clicks" | "detail" | "pageview" | "view" | "views" => Some(Action::View),
        "add" | "addtocart" | "addtobasket" | "cart" | "carts" => Some(Action::AddToCart),
        "remove" | "removefromcart" | "removefrombasket" => Some(Action::RemoveFromCart),
        "addtowishlist" | "favorite" | "wishlist" => Some(Action::AddToWishlist),
        "buy" | "order" | "orders" | "purchase" | "transaction" => Some(Action::Purchase),
        "refund" | "return" => Some(Action::Refund),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
