//! Addresses that the proposals print.

use crate::kind::Kind;
use crate::scan::tests::{finds, nothing};

#[test]
fn published_addresses_are_found() {
    for address in [
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", // the first block
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", // BIP 173
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", // BIP 350
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",                     // EIP-55
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xde709f2102306220921060314715629080e2fb77",
    ] {
        finds(&format!("send to {address} please"), Kind::Crypto, address);
    }
}

#[test]
fn changed_addresses_are_left() {
    for address in [
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "0x5aAeb6053f3E94C9b9A09f33669435E7Ef1BeAed",
        "0x1234",
        "bc1",
        "11111111111111111111111111",
    ] {
        nothing(address, Kind::Crypto);
    }
}
