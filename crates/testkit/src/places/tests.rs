use std::net::IpAddr;

use crate::places::{MARKER, Network, file};

fn network(address: &str, bits: u8) -> Network<'_> {
    let address: IpAddr = address.parse().unwrap();
    Network { address, bits, country: Some("DE"), part: None }
}

#[test]
fn a_tree_has_a_node_for_each_bit_above_the_last() {
    let nodes = |bytes: &[u8]| {
        let end = bytes.windows(MARKER.len()).position(|at| at == MARKER).unwrap();
        let data = b"\xe1\x47country\xe1\x48iso_code\x42DE".len();
        (end - data - 16) / 8
    };
    assert_eq!(nodes(&file("x", false, &[network("192.0.2.0", 24)])), 24);
    assert_eq!(nodes(&file("x", true, &[network("192.0.2.0", 24)])), 120);
    assert_eq!(nodes(&file("x", true, &[network("2001:db8::", 32)])), 32);
}

#[test]
fn the_same_networks_are_the_same_bytes() {
    let networks = [network("192.0.2.0", 24), network("2001:db8::", 32)];
    assert_eq!(file("x", true, &networks), file("x", true, &networks));
}
