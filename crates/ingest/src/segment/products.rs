//! The products that an event names.

use domain::event::Action;
use domain::id::{ITEM_ID_BYTES_MAX, ItemId, ItemIdError};

use crate::error::Problem;
use crate::event::{EventKind, Ignored};
use crate::segment::lenient::{List, Object, Scalar};
use crate::segment::raw::Properties;
use crate::segment::{PRODUCTS_MAX, Wrong, wrong};

pub(crate) fn order(
    action: Action,
    properties: &Object<Properties<'_>>,
) -> Result<EventKind, Wrong> {
    const PLACE: &str = "properties.products";
    let (products, count) = match object(properties)?.map(|properties| &properties.products) {
        Some(List::Value(products, count)) => (products, *count),
        Some(List::Wrong) => return Err(wrong(PLACE, Problem::NotAList)),
        // A refund of a whole order names none; we keep no orders to look them up in.
        None | Some(List::Absent) if action == Action::Refund => {
            return Ok(EventKind::Ignored(Ignored::RefundWithoutProducts));
        }
        None | Some(List::Absent) => return Err(wrong(PLACE, Problem::Missing)),
    };
    match count {
        0 => return Err(wrong(PLACE, Problem::Empty)),
        1..=PRODUCTS_MAX => {}
        _ => return Err(wrong(PLACE, Problem::TooMany { max: PRODUCTS_MAX })),
    }
    let mut items = Vec::with_capacity(count);
    for (index, product) in products.iter().enumerate() {
        let place = format!("{PLACE}[{index}]");
        let Object::Value(product) = product else {
            return Err(wrong(place, Problem::NotAnObject));
        };
        match item(&format!("{place}."), [&product.product_id, &product.id, &product.sku])? {
            Some(item) => items.push((action, item)),
            None => return Err(wrong(format!("{place}.product_id"), Problem::Missing)),
        }
    }
    Ok(EventKind::Items(items))
}

pub(crate) fn object<'v, 'a>(
    properties: &'v Object<Properties<'a>>,
) -> Result<Option<&'v Properties<'a>>, Wrong> {
    match properties {
        Object::Absent => Ok(None),
        Object::Value(properties) => Ok(Some(properties)),
        Object::Wrong => Err(wrong("properties", Problem::NotAnObject)),
    }
}

/// The first of `product_id`, `id` (ecommerce v1) and `sku` that is there.
pub(crate) fn item(place: &str, ids: [&Scalar<'_>; 3]) -> Result<Option<ItemId>, Wrong> {
    for (name, value) in ["product_id", "id", "sku"].into_iter().zip(ids) {
        let at = |problem| wrong(format!("{place}{name}"), problem);
        let text = match value {
            Scalar::Absent => continue,
            Scalar::Text(text) => text,
            Scalar::Wrong => return Err(at(Problem::NotAText)),
        };
        let item = ItemId::parse(text).map_err(|error| match error {
            ItemIdError::Control => at(Problem::Control),
            ItemIdError::Empty => at(Problem::Empty),
            ItemIdError::TooLong { .. } => at(Problem::TooLong { max: ITEM_ID_BYTES_MAX }),
        })?;
        return Ok(Some(item));
    }
    Ok(None)
}
