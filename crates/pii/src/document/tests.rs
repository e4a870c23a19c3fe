//! Passports, licenses, vehicles.

use crate::kind::Kind;
use crate::scan::tests::{finds, nothing};

#[test]
fn zones_and_vehicles_have_check_digits() {
    // The specimen of ICAO 9303 part 4.
    let zone = "L898902C36UTO7408122F1204159ZE184226B<<<<<10";
    finds(&format!("P<UTOERIKSSON<<ANNA<MARIA\n{zone}"), Kind::Passport, zone);
    nothing("L898902C37UTO7408122F1204159ZE184226B<<<<<10", Kind::Passport);
    // The example of 49 CFR 565.
    finds("1M8GDM9AXKP042788", Kind::Vehicle, "1M8GDM9AXKP042788");
    nothing("1M8GDM9A1KP042788", Kind::Vehicle);
    finds("VIN WVWZZZ1JZXW000001", Kind::Vehicle, "WVWZZZ1JZXW000001");
}

#[test]
fn other_documents_need_a_word() {
    finds("passport no. X1234567", Kind::Passport, "X1234567");
    nothing("article X1234567", Kind::Passport);
    finds("My driver's license number is U62928788557186", Kind::DriverLicense, "U62928788557186");
    finds("license plate AB12CDE", Kind::Vehicle, "AB12CDE");
}
