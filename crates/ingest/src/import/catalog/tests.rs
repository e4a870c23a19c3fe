use crate::import::Kind;
use crate::import::mapping::Mapping;
use crate::import::rows::RowRefusal;

const PRODUCTS: &str =
    "product_id,manufacturer_id,department,brand,product_category,product_type,package_size";

/// An item in one line: id, title, categories, brand, price.
#[track_caller]
fn check(mapping: &str, header: &str, row: &str, expected: Result<&str, RowRefusal>) {
    let header: Vec<_> = header.split(',').collect();
    let row: Vec<_> = row.split(',').collect();
    let columns = Mapping::parse(mapping).unwrap().bind(&header, Kind::Catalog).unwrap();
    let told = columns.catalog_item(&row).map(|item| {
        let price = item.price.map_or_else(|| "-".to_owned(), |price| price.to_string());
        let brand = item.brand.as_deref().unwrap_or("-");
        format!("{} [{}] {:?} {brand} {price}", item.id, item.title, item.categories)
    });
    assert_eq!(told.as_deref().map_err(|e| *e), expected, "{row:?}");
}

#[test]
fn products_of_a_real_file_are_taken_as_they_are() {
    let row = "25671,2,GROCERY,National,FRZN ICE,ICE - CRUSHED/CUBED,22 LB";
    let expected = "25671 [ICE - CRUSHED & CUBED] \
                    [\"GROCERY/FRZN ICE/ICE - CRUSHED & CUBED\"] National -";
    check("", PRODUCTS, row, Ok(expected));
    let row = "26081,2,MISCELLANEOUS,National,,,";
    check("", PRODUCTS, row, Ok("26081 [MISCELLANEOUS] [\"MISCELLANEOUS\"] National -"));
    check("", PRODUCTS, "26081,2,,,,,", Ok("26081 [26081] [] - -"));
    check("", PRODUCTS, ",2,GROCERY,,,,", Err(RowRefusal::ItemEmpty));
}

#[test]
fn prices_need_a_currency() {
    let header = "StockCode,Description,UnitPrice";
    check("", header, "X,Lamp,2.55", Ok("X [Lamp] [] - -"));
    check("currency=GBP", header, "X,Lamp,2.55", Ok("X [Lamp] [] - 2.55 GBP"));
    check("currency=GBP", header, "X,Lamp,", Ok("X [Lamp] [] - -"));
    check("currency=GBP", header, "X,Lamp,cheap", Err(RowRefusal::Price));
    check("currency=pounds", header, "X,Lamp,2.55", Err(RowRefusal::Currency));
    check("", "id,title,price,currency", "X,Lamp,3,EUR", Ok("X [Lamp] [] - 3.00 EUR"));
}

#[test]
fn one_category_column_is_a_path_already() {
    check("", "id,title,category", "X,Coat,Men/Coats", Ok("X [Coat] [\"Men/Coats\"] - -"));
}

#[test]
fn limits_of_the_catalog_hold() {
    let row = format!("X,{}", "t".repeat(2_049));
    check("", "id,title", &row, Err(RowRefusal::Catalog));
    check("", "id,url", "X,javascript:alert(1)", Err(RowRefusal::Catalog));
}
