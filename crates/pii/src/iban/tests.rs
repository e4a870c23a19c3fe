//! Example accounts of SWIFT's registry and of central banks.

use crate::kind::Kind;
use crate::scan::tests::{finds, nothing};

#[test]
fn registry_examples_are_found() {
    for number in [
        "AD1200012030200359100100",
        "AE070331234567890123456",
        "AT611904300234573201",
        "BE68539007547034",
        "BG80BNBG96611020345678",
        "CH9300762011623852957",
        "CY17002001280000001200527600",
        "CZ6508000000192000145399",
        "DE89370400440532013000",
        "DK5000400440116243",
        "EE382200221020145685",
        "ES9121000418450200051332",
        "FI2112345600000785",
        "FR1420041010050500013M02606",
        "GB29NWBK60161331926819",
        "GR1601101250000000012300695",
        "HR1210010051863000160",
        "HU42117730161111101800000000",
        "IE29AIBK93115212345678",
        "IS140159260076545510730339",
        "IT60X0542811101000000123456",
        "LT121000011101001000",
        "LU280019400644750000",
        "LV80BANK0000435195001",
        "MT84MALT011000012345MTLCAST001S",
        "NL91ABNA0417164300",
        "NO9386011117947",
        "PL61109010140000071219812874",
        "PT50000201231234567890154",
        "RO49AAAA1B31007593840000",
        "SE4550000000058398257466",
        "SI56263300012039086",
        "SK3112000000198742637541",
    ] {
        finds(&format!("pay to {number}."), Kind::Iban, number);
    }
}

#[test]
fn groups_are_put_together() {
    finds("IBAN: DE89 3704 0044 0532 0130 00, thanks", Kind::Iban, "DE89 3704 0044 0532 0130 00");
    finds("gb29 nwbk 6016 1331 9268 19", Kind::Iban, "gb29 nwbk 6016 1331 9268 19");
}

#[test]
fn wrong_accounts_are_left() {
    nothing("DE89370400440532013001", Kind::Iban);
    nothing("DE8937040044053201300", Kind::Iban);
    nothing("XX89370400440532013000", Kind::Iban);
    nothing("DE89", Kind::Iban);
}
