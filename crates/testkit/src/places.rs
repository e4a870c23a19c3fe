//! Small files in the MaxMind DB format, version 2, with invented networks.
//!
//! As the public specification of the format has it: a binary search tree over the bits of an
//! address with 32-bit records, sixteen zero bytes, a data section, and a map of metadata after a
//! marker. An IPv4 network lies below 96 zero bits where the tree is one of IPv6.

use std::net::IpAddr;

/// The bytes before the metadata.
const MARKER: &[u8] = b"\xab\xcd\xefMaxMind.com";
/// Zero bytes between tree and data; pointers into the data count from their first one.
const GAP: usize = 16;
/// Longest text, in bytes: its length fits into the control byte.
const TEXT_BYTES_MAX: usize = 28;

/// A network, and where it is.
#[derive(Clone, Copy, Debug)]
pub struct Network<'a> {
    /// Its first address.
    pub address: IpAddr,
    /// How many leading bits of the address name it.
    pub bits: u8,
    /// ISO 3166-1 code of its country; nothing leaves the country out.
    pub country: Option<&'a str>,
    /// Second half of the ISO 3166-2 code of the part of the country.
    pub part: Option<&'a str>,
}

/// Writes a file.
///
/// ```
/// use testkit::places::{Network, file};
///
/// let network = Network {
///     address: "192.0.2.0".parse().unwrap(),
///     bits: 24,
///     country: Some("DE"),
///     part: None,
/// };
/// assert!(file("Example-Country", true, &[network]).len() > 100);
/// ```
pub fn file(kind: &str, ipv6: bool, networks: &[Network<'_>]) -> Vec<u8> {
    let mut tree = vec![[Record::Nothing; 2]];
    let mut data = Vec::new();
    for network in networks {
        let record = Record::Data(data.len());
        data.extend(body(network));
        insert(&mut tree, &path(network, ipv6), record);
    }
    let mut bytes = Vec::new();
    let nodes = tree.len();
    for record in tree.iter().flatten() {
        let number = match record {
            Record::Nothing => nodes,
            Record::Node(node) => *node,
            Record::Data(at) => nodes + GAP + at,
        };
        bytes.extend(u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes());
    }
    bytes.extend([0; GAP]);
    bytes.extend(data);
    bytes.extend(MARKER);
    bytes.extend(metadata(kind, ipv6, nodes));
    bytes
}

#[derive(Clone, Copy, Debug)]
enum Record {
    Nothing,
    Node(usize),
    Data(usize),
}

/// The bits that lead to a network.
fn path(network: &Network<'_>, ipv6: bool) -> Vec<bool> {
    let (octets, above) = match network.address {
        IpAddr::V4(v4) => (v4.octets().to_vec(), if ipv6 { 96 } else { 0 }),
        IpAddr::V6(v6) => (v6.octets().to_vec(), 0),
    };
    let bit = |octet: u8| (0..8).rev().map(move |place| octet >> place & 1 == 1);
    let own = octets.into_iter().flat_map(bit).take(usize::from(network.bits));
    std::iter::repeat_n(false, above).chain(own).collect()
}

fn insert(tree: &mut Vec<[Record; 2]>, path: &[bool], record: Record) {
    let Some((last, above)) = path.split_last() else { return };
    let mut node = 0;
    for bit in above {
        let fresh = tree.len();
        let Some(slot) = tree.get_mut(node).and_then(|pair| pair.get_mut(usize::from(*bit))) else {
            return;
        };
        node = match slot {
            Record::Node(next) => *next,
            Record::Nothing | Record::Data(_) => {
                *slot = Record::Node(fresh);
                tree.push([Record::Nothing; 2]);
                fresh
            }
        };
    }
    if let Some(slot) = tree.get_mut(node).and_then(|pair| pair.get_mut(usize::from(*last))) {
        *slot = record;
    }
}

fn body(network: &Network<'_>) -> Vec<u8> {
    let code = |code: &str| [map(1), text("iso_code"), text(code)].concat();
    let country = network.country.map(|country| [text("country"), code(country)].concat());
    let part = network.part.map(|part| [text("subdivisions"), array(1), code(part)].concat());
    let fields: Vec<Vec<u8>> = [country, part].into_iter().flatten().collect();
    [map(fields.len()), fields.concat()].concat()
}

fn metadata(kind: &str, ipv6: bool, nodes: usize) -> Vec<u8> {
    let nodes = u32::try_from(nodes).unwrap_or(u32::MAX);
    let fields = [
        ("binary_format_major_version", short(2)),
        ("binary_format_minor_version", short(0)),
        // 2026-02-01.
        ("build_epoch", [&[8, 2][..], &1_769_904_000_u64.to_be_bytes()].concat()),
        ("database_type", text(kind)),
        ("description", [map(1), text("en"), text("invented networks")].concat()),
        ("ip_version", short(if ipv6 { 6 } else { 4 })),
        ("languages", [array(1), text("en")].concat()),
        ("node_count", [&[6 << 5 | 4][..], &nodes.to_be_bytes()].concat()),
        ("record_size", short(32)),
    ];
    let mut bytes = map(fields.len());
    for (name, value) in fields {
        bytes.extend(text(name));
        bytes.extend(value);
    }
    bytes
}

fn control(kind: u8, size: usize) -> u8 {
    kind << 5 | u8::try_from(size.min(TEXT_BYTES_MAX)).unwrap_or(0)
}

fn text(text: &str) -> Vec<u8> {
    let bytes: Vec<u8> = text.bytes().take(TEXT_BYTES_MAX).collect();
    [&[control(2, bytes.len())][..], &bytes].concat()
}

fn map(fields: usize) -> Vec<u8> {
    vec![control(7, fields)]
}

/// An array is a type beyond the first seven: the next byte says which.
fn array(values: usize) -> Vec<u8> {
    vec![control(0, values), 4]
}

fn short(value: u16) -> Vec<u8> {
    [&[control(5, 2)][..], &value.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests;
