use domain::event::Action;
use domain::time::Timestamp;
use personal::subject::CustomerId;
use proptest::prelude::{any, prop, proptest};

use crate::import::Kind;
use crate::import::mapping::{Columns, Mapping};
use crate::import::rows::{ImportRow, RowRefusal, arrange};

fn columns(header: &str, kind: Kind) -> Columns {
    let header: Vec<_> = header.split([',', ';', '\t']).collect();
    Mapping::default().bind(&header, kind).unwrap()
}

const SERENADE: &str = "SessionId\tItemId\tTime";
const ESHOP: &str = "year;month;day;order;country;session ID;page 1 (main category);\
                     page 2 (clothing model);colour;location;model photography;price;price 2;page";
const RETAIL: &str =
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
const JOURNEY: &str = "household_id,store_id,basket_id,product_id,quantity,sales_value,\
                       retail_disc,coupon_disc,coupon_match_disc,week,transaction_timestamp";

/// A row in one line: session, item, milliseconds, order, action.
fn shown(row: &ImportRow) -> String {
    let session = row.session.as_deref().unwrap_or("-");
    let order = row.order.map_or_else(|| "-".to_owned(), |order| order.to_string());
    format!("{session} {} {} {order} {:?}", row.item, row.at.ms(), row.action)
}

fn read(header: &str, kind: Kind, row: &str) -> Result<ImportRow, RowRefusal> {
    let row: Vec<_> = row.split([',', ';', '\t']).collect();
    columns(header, kind).row(kind, &row)
}

#[track_caller]
fn check(header: &str, kind: Kind, row: &str, expected: Result<&str, RowRefusal>) {
    let told = read(header, kind, row).map(|row| shown(&row));
    assert_eq!(told.as_deref().map_err(|e| *e), expected, "{row}");
}

#[test]
fn rows_of_real_files_are_taken_as_they_are() {
    let expected = Ok("10036 14957 1592337718000 - View");
    check(SERENADE, Kind::Events, "10036\t14957\t1592337718.0", expected);
    let expected = Ok("1 A16 1207008000000 2 View");
    check(ESHOP, Kind::Events, "2008;4;1;2;29;1;1;A16;1;6;1;33;2;1", expected);
    let bought = "536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom";
    let expected = Ok("536365 85123A 1291191960000 - Purchase");
    check(RETAIL, Kind::Orders, bought, expected);
    let bought = "900,330,31198570044,1095275,1,0.5,0.0,0.0,0.0,1,2017-01-01T11:53:26";
    let expected = Ok("31198570044 1095275 1483271606000 - Purchase");
    check(JOURNEY, Kind::Orders, bought, expected);
}

#[test]
fn returns_are_refunds() {
    let sent_back = "C536379,D,Discount,-1,2010-12-01 09:41:00,27.5,14527.0,United Kingdom";
    let expected = Ok("C536379 D 1291196460000 - Refund");
    check(RETAIL, Kind::Orders, sent_back, expected);
    let written_off = "536589,21777,,-10,2010-12-01 16:50:00,0.0,,United Kingdom";
    let expected = Ok("536589 21777 1291222200000 - Refund");
    check(RETAIL, Kind::Orders, written_off, expected);
    let canceled = "C1,X,,1,2010-12-01 16:50:00,0.0,,United Kingdom";
    check(RETAIL, Kind::Orders, canceled, Ok("C1 X 1291222200000 - Refund"));
    // A name that merely begins with C is no cancellation.
    let named = "Christmas,X,,1,2010-12-01 16:50:00,0.0,,United Kingdom";
    check(RETAIL, Kind::Orders, named, Ok("Christmas X 1291222200000 - Purchase"));
}

#[test]
fn whole_numbers_with_a_point_name_the_same_customer() {
    let header = "user_id,item_id,time";
    let customer =
        |text: &str| read(header, Kind::Events, &format!("{text},i,1592337718")).unwrap().customer;
    assert_eq!(customer("17850.0"), CustomerId::parse("17850").ok());
    assert_eq!(customer("17850.5"), CustomerId::parse("17850.5").ok());
    assert_eq!(customer("a.0"), CustomerId::parse("a.0").ok());
    assert_eq!(customer(".0"), CustomerId::parse(".0").ok());
}

#[test]
fn a_column_of_events_says_what_was_done() {
    let header = "visitorid,itemid,timestamp,event,quantity";
    let done = |event: &str| {
        let row = format!("7,i,1433221332117,{event},1");
        read(header, Kind::Events, &row).map(|row| row.action)
    };
    assert_eq!(done("view"), Ok(Action::View));
    assert_eq!(done("addtocart"), Ok(Action::AddToCart));
    assert_eq!(done("transaction"), Ok(Action::Purchase));
    assert_eq!(done(""), Ok(Action::View));
    assert_eq!(done("hover"), Err(RowRefusal::Event));
}

#[test]
fn refused_rows_say_why() {
    let header = "session_id,customer_id,item_id,time,quantity,order";
    let cases = [
        ("s", RowRefusal::Columns),
        ("s,c,,1,1,1", RowRefusal::ItemEmpty),
        ("s,c,a\u{7}b,1,1,1", RowRefusal::Item),
        (",,i,1,1,1", RowRefusal::Nobody),
        ("s,c\u{7},i,1,1,1", RowRefusal::Customer),
        ("s,c,i", RowRefusal::Columns),
        ("s,c,i,soon,1,1", RowRefusal::Time),
        ("s,c,i,,1,1", RowRefusal::Time),
        ("s,c,i,1,many,1", RowRefusal::Quantity),
        ("s,c,i,1,inf,1", RowRefusal::Quantity),
        ("s,c,i,1,0,1", RowRefusal::QuantityZero),
        ("s,c,i,1,1,first", RowRefusal::Order),
        ("s,c,i,1,1,-1", RowRefusal::Order),
    ];
    for (row, refusal) in cases {
        assert_eq!(read(header, Kind::Orders, row), Err(refusal), "{row:?}");
        assert!(!refusal.code().is_empty());
    }
    let long = format!("{},c,i,1,1,1", "s".repeat(129));
    assert_eq!(read(header, Kind::Orders, &long), Err(RowRefusal::Session));
}

fn visit(rows: &[(&str, i64, Option<u64>)]) -> Vec<ImportRow> {
    let mut template = read(SERENADE, Kind::Events, "1\ti\t0.0").unwrap();
    let row = |(item, ms, order): &(&str, i64, Option<u64>)| {
        template.item = domain::id::ItemId::parse(item).unwrap();
        template.at = Timestamp::from_ms(*ms);
        template.order = *order;
        template.clone()
    };
    rows.iter().map(row).collect()
}

#[track_caller]
fn arranged(rows: &[(&str, i64, Option<u64>)], expected: &[(&str, i64)]) {
    let told = arrange(visit(rows));
    let told: Vec<_> = told.iter().map(|row| (row.item.as_str(), row.at.ms())).collect();
    assert_eq!(told, expected);
}

#[test]
fn rows_of_a_visit_are_put_in_order_and_spread() {
    arranged(&[("b", 20, None), ("a", 10, None)], &[("a", 10), ("b", 20)]);
    arranged(
        &[("a", 10, None), ("b", 10, None), ("c", 11, None)],
        &[("a", 10), ("b", 11), ("c", 12)],
    );
    let by_order = [("c", 5, Some(3)), ("a", 5, Some(1)), ("b", 5, Some(2))];
    arranged(&by_order, &[("a", 5), ("b", 6), ("c", 7)]);
    // The order column counts before a clock that went back.
    arranged(&[("a", 50, Some(1)), ("b", 40, Some(2))], &[("a", 50), ("b", 51)]);
    arranged(&[], &[]);
}

#[test]
fn a_row_becomes_an_event_of_its_own_time() {
    let row = read(RETAIL, Kind::Orders, "1,X,,1,2010-12-01 16:50:00,0.0,7,UK").unwrap();
    let (at, customer) = (row.at, row.customer.clone());
    let event = row.into_event("file:2".to_owned());
    assert_eq!(event.message_id(), "file:2");
    assert_eq!(event.names().customer, customer);
    assert_eq!(event.times().settle(Timestamp::from_ms(1_800_000_000_000), true), at);
}

proptest! {
    #[test]
    fn no_row_stops_the_reader(row in prop::collection::vec(any::<String>(), 0..9)) {
        let row: Vec<_> = row.iter().map(String::as_str).collect();
        for kind in [Kind::Events, Kind::Orders] {
            drop(columns(RETAIL, kind).row(kind, &row));
        }
        drop(columns(RETAIL, Kind::Catalog).catalog_item(&row));
    }

    #[test]
    fn arranged_times_rise(rows in prop::collection::vec((0_i64..20, 0_u64..4), 0..40)) {
        let rows: Vec<_> = rows.into_iter().map(|(ms, order)| ("i", ms, Some(order))).collect();
        let told = arrange(visit(&rows));
        assert_eq!(told.len(), rows.len());
        assert!(told.windows(2).all(|w| w[0].at < w[1].at && w[0].order <= w[1].order));
    }
}
