use crate::import::Kind;
use crate::import::mapping::{Key, Mapping, MappingError};
use crate::import::moment::ZoneError;

/// Where each key is found in a header, as `key=column`.
fn found(mapping: &str, header: &str, kind: Kind) -> Result<String, MappingError> {
    let header: Vec<_> = header.split([',', ';', '\t']).collect();
    let columns = Mapping::parse(mapping)?.bind(&header, kind)?;
    let key = |key: Key| {
        let names = columns.texts(key, &header)?;
        Some(format!("{}={}", key.as_str(), names.join("+")))
    };
    Ok(Key::ALL.into_iter().filter_map(key).collect::<Vec<_>>().join(" "))
}

#[track_caller]
fn check(mapping: &str, header: &str, kind: Kind, expected: &str) {
    assert_eq!(found(mapping, header, kind).as_deref(), Ok(expected), "{header}");
}

#[test]
fn known_files_need_no_mapping() {
    let header = "SessionId\tItemId\tTime";
    check("", header, Kind::Events, "session=SessionId item=ItemId time=Time");
    let header = "year;month;day;order;country;session ID;page 1 (main category);\
                  page 2 (clothing model);colour;location;model photography;price;price 2;page";
    let expected =
        "session=session ID item=page 2 (clothing model) time=year+month+day order=order";
    check("", header, Kind::Events, expected);
    let expected = "item=page 2 (clothing model) price=price category=page 1 (main category)";
    check("", header, Kind::Catalog, expected);
    let header =
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
    let expected = "session=InvoiceNo item=StockCode time=InvoiceDate customer=CustomerID \
                    quantity=Quantity";
    check("", header, Kind::Orders, expected);
    check("", header, Kind::Catalog, "item=StockCode price=UnitPrice title=Description");
    let header = "household_id,store_id,basket_id,product_id,quantity,sales_value,retail_disc,\
                  coupon_disc,coupon_match_disc,week,transaction_timestamp";
    let expected = "session=basket_id item=product_id time=transaction_timestamp \
                    customer=household_id quantity=quantity";
    check("", header, Kind::Orders, expected);
    let header = "product_id,manufacturer_id,department,brand,product_category,product_type,\
                  package_size";
    let expected = "item=product_id category=department+product_category+product_type brand=brand";
    check("", header, Kind::Catalog, expected);
}

#[test]
fn a_given_column_counts_before_a_known_name() {
    let mapping = "session=s, item=sku ,time=y+m+d, customer=who";
    let expected = "session=s item=sku time=y+m+d customer=who";
    check(mapping, "s,item_id,sku,y,m,d,who,session_id", Kind::Events, expected);
    check("", "\u{feff}session_id, item_id ,time", Kind::Events, {
        "session=\u{feff}session_id item=item_id time=time"
    });
}

#[track_caller]
fn refused(mapping: &str, header: &str, expected: &MappingError) {
    assert_eq!(found(mapping, header, Kind::Events).as_ref(), Err(expected));
}

#[test]
fn what_cannot_be_followed_is_said() {
    let header = "session_id,item_id,time";
    refused("session", header, &MappingError::Entry { entry: 1 });
    refused("item=a,color=b", header, &MappingError::Entry { entry: 2 });
    refused("time=year++day", header, &MappingError::Entry { entry: 1 });
    refused("item=a,item=b", header, &MappingError::Twice(Key::Item));
    refused("item=other", header, &MappingError::NoColumn(Key::Item));
    refused("time=a+b+c+d+e+f+g+h+i", header, &MappingError::TooMany);
    refused("zone=Mars/Base", header, &MappingError::Zone(ZoneError));
    refused("delimiter=ab", header, &MappingError::Delimiter);
    refused(&"x".repeat(16_385), header, &MappingError::TooLong);
    refused("", "session_id,time", &MappingError::NotFound(Key::Item));
    refused("", "session_id,item_id", &MappingError::NotFound(Key::Time));
    refused("", "item_id,time", &MappingError::Nobody);
    refused("", &"c,".repeat(600), &MappingError::TooMany);
    let said = MappingError::NotFound(Key::Time).to_string();
    assert_eq!(said, "no column for time; give one with --columns time=Name");
}

#[test]
fn mapping_files_have_a_line_per_key() {
    let text = "# A shop in Warsaw.\n\nsession = session ID\nitem = model, with comma\n\
                time = year + month + day\nzone = Europe/Warsaw\ndelimiter = ;\n";
    let mapping = Mapping::parse_file(text).unwrap();
    assert_eq!(mapping.delimiter(), Some(b';'));
    let header = ["session ID", "model, with comma", "year", "month", "day"];
    let columns = mapping.bind(&header, Kind::Events).unwrap();
    assert_eq!(columns.texts(Key::Time, &header).unwrap(), ["year", "month", "day"]);
    assert_eq!(columns.width(), 5);
    let tab = Mapping::parse_file("delimiter = tab").unwrap();
    assert_eq!(tab.delimiter(), Some(b'\t'));
    assert_eq!(Mapping::parse_file("a\n"), Err(MappingError::Entry { entry: 1 }));
}
