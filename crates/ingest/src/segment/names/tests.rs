use domain::event::Action;

use crate::segment::names::{Meaning, action, meaning};

#[track_caller]
fn check(name: &str, expected: Meaning) {
    assert_eq!(meaning(name), expected, "{name}");
}

#[test]
fn names_of_both_versions_have_their_meaning() {
    let product = [
        ("Product Viewed", Action::View),
        ("Viewed Product", Action::View),
        ("Product Clicked", Action::View),
        ("Clicked Product", Action::View),
        ("Product Added", Action::AddToCart),
        ("Added Product", Action::AddToCart),
        ("Wishlist Product Added to Cart", Action::AddToCart),
        ("Product Removed", Action::RemoveFromCart),
        ("Removed Product", Action::RemoveFromCart),
        ("Product Added to Wishlist", Action::AddToWishlist),
        ("Added Product to Wishlist", Action::AddToWishlist),
        ("Added to Wishlist", Action::AddToWishlist),
    ];
    for (name, action) in product {
        check(name, Meaning::Product(action));
    }
    let order = [
        ("Order Completed", Action::Purchase),
        ("Completed Order", Action::Purchase),
        ("Order Refunded", Action::Refund),
        ("Refunded Order", Action::Refund),
    ];
    for (name, action) in order {
        check(name, Meaning::Order(action));
    }
}

#[test]
fn the_rest_of_the_spec_is_known_and_teaches_nothing() {
    for name in [
        "Cart Shared",
        "Cart Viewed",
        "Checkout Started",
        "Checkout Step Completed",
        "Checkout Step Viewed",
        "Coupon Applied",
        "Coupon Denied",
        "Coupon Entered",
        "Coupon Removed",
        "Order Cancelled",
        "Order Updated",
        "Payment Info Entered",
        "Product List Filtered",
        "Product List Viewed",
        "Product Removed from Wishlist",
        "Product Reviewed",
        "Product Shared",
        "Products Searched",
        "Promotion Clicked",
        "Promotion Viewed",
        "Viewed Product Category",
    ] {
        check(name, Meaning::Nothing);
    }
}

#[test]
fn spelling_does_not_matter_and_other_names_are_unknown() {
    check("product viewed", Meaning::Product(Action::View));
    check("PRODUCT_VIEWED", Meaning::Product(Action::View));
    check("product-viewed", Meaning::Product(Action::View));
    check("productViewed", Meaning::Product(Action::View));
    check("", Meaning::Unknown);
    check("Product", Meaning::Unknown);
    check("Product Viewed!", Meaning::Unknown);
    check(&"Product Viewed".repeat(10_000), Meaning::Unknown);
}

#[test]
fn files_use_short_words_too() {
    let cases = [
        ("view", Some(Action::View)),
        ("addtocart", Some(Action::AddToCart)),
        ("add_to_cart", Some(Action::AddToCart)),
        ("transaction", Some(Action::Purchase)),
        ("remove_from_cart", Some(Action::RemoveFromCart)),
        ("Order Refunded", Some(Action::Refund)),
        ("wishlist", Some(Action::AddToWishlist)),
        ("hover", None),
    ];
    for (word, expected) in cases {
        assert_eq!(action(word), expected, "{word}");
    }
}
