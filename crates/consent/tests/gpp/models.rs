//! Models from a seed: the same ones on every machine.

use consent::gpp::Gpp;
use consent::gpp::canada::{PublisherPurposes, TcfCa};
use consent::gpp::layout::{Extra, UsField};
use consent::gpp::section::{Section, SectionId};
use consent::gpp::us::UsSection;
use consent::tcf::restrictions::{RestrictionKind, Restrictions};
use consent::tcf::sets::{IdSet, VendorId, VendorRange, VendorSet};
use consent::tcf::{Deciseconds, TwoLetters};
use consent::us_privacy::{Said, UsPrivacy};

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn number<T: TryFrom<u64>>(&mut self, bound: u64) -> T {
        T::try_from(self.below(bound)).unwrap_or_else(|_| panic!("{bound} is too wide"))
    }

    fn yes(&mut self) -> bool {
        self.below(2) == 1
    }
}

pub(crate) fn any_us(random: &mut Random, id: SectionId) -> UsSection {
    let is_short = id == SectionId::UsNat && random.yes();
    let newest = UsSection::new(id).unwrap();
    let mut section = if is_short { UsSection::usnat_v1() } else { newest };
    for (field, count) in section.layout().core {
        let least = u64::from(*field == UsField::MspaCoveredTransaction);
        let values: Vec<u8> =
            (0..*count).map(|_| random.number::<u8>(3 - least) + u8::from(least == 1)).collect();
        section.set(*field, &values).unwrap();
    }
    match section.layout().extra {
        Extra::None => {}
        Extra::Gpc if random.yes() => section.set_gpc(Some(random.yes())).unwrap(),
        Extra::SensitiveConsents if random.yes() => {
            let values: Vec<u8> = (0..8).map(|_| random.number(3)).collect();
            section.set(UsField::SensitiveDataProcessing, &values).unwrap();
        }
        Extra::Gpc | Extra::SensitiveConsents => {}
    }
    section
}

fn any_vendors(random: &mut Random, least: u64) -> VendorSet {
    let mut set = VendorSet::new();
    let widest = [40, 900, 9_000, 65_000][random.number::<usize>(4)];
    for _ in 0..least + random.below(14) {
        let first = 1 + random.number::<u16>(widest);
        let last = first + if random.yes() { random.number::<u16>(8) } else { 0 };
        let [first, last] = [first, last].map(|id| VendorId::new(id).unwrap());
        set.insert_range(VendorRange { first, last });
    }
    set
}

fn any_set<const WIDTH_BITS: u32>(random: &mut Random, up_to: u8) -> IdSet<WIDTH_BITS> {
    let mut set = IdSet::EMPTY;
    for id in 1..=up_to {
        if random.yes() {
            set = set.with(id);
        }
    }
    set
}

fn any_canada(random: &mut Random) -> TcfCa {
    let mut restrictions = Restrictions::new();
    for _ in 0..random.below(4) {
        let kind = RestrictionKind::ALL[random.number::<usize>(4)];
        let (purpose, vendors) = (1 + random.number::<u8>(24), any_vendors(random, 1));
        restrictions.add(purpose, kind, &vendors);
    }
    let custom = random.number::<u8>(9);
    let language = [random.number::<u8>(26) + b'A', random.number::<u8>(26) + b'A'];
    TcfCa {
        created: Deciseconds::new(random.below(1 << 35)).unwrap(),
        last_updated: Deciseconds::new(random.below(1 << 35)).unwrap(),
        cmp_id: random.number(4096),
        cmp_version: random.number(4096),
        consent_screen: random.number(64),
        consent_language: TwoLetters::parse(std::str::from_utf8(&language).unwrap()).unwrap(),
        vendor_list_version: random.number(4096),
        tcf_policy_version: random.number(64),
        use_non_standard_stacks: random.yes(),
        special_features: any_set(random, 12),
        express: any_set(random, 24),
        implied: any_set(random, 24),
        vendors_express: any_vendors(random, 0),
        vendors_implied: any_vendors(random, 0),
        restrictions,
        disclosed: if random.yes() { Some(any_vendors(random, 1)) } else { None },
        // The reference always writes this sub-section.
        publisher: Some(PublisherPurposes {
            express: any_set(random, 24),
            implied: any_set(random, 24),
            custom,
            custom_express: any_set(random, custom),
            custom_implied: any_set(random, custom),
        }),
    }
}

pub(crate) fn any_gpp(random: &mut Random) -> Gpp {
    let mut sections = Vec::new();
    if random.below(3) == 0 {
        sections.push(Section::TcfCa(Box::new(any_canada(random))));
    }
    if random.below(4) == 0 {
        let [notice, opt_out_sale, lspa_covered] =
            [(); 3].map(|()| [Said::Yes, Said::No, Said::NotApplicable][random.number::<usize>(3)]);
        sections.push(Section::UsPrivacy(UsPrivacy { notice, opt_out_sale, lspa_covered }));
    }
    for id in SectionId::ALL.into_iter().skip(3) {
        if random.below(6) == 0 {
            sections.push(Section::Us(any_us(random, id)));
        }
    }
    Gpp::new(sections).unwrap()
}
