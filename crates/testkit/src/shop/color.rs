//! The colors that the demo shop sells, in families that people keep to.

/// A family of colors; people tend to stay within one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Family {
    /// Black, white and what lies between, sand and camel included.
    Neutral,
    /// Sky to navy.
    Blue,
    /// Sage to forest.
    Green,
    /// Rose to burgundy.
    Red,
    /// Mustard to rust.
    Warm,
    /// Lilac to plum.
    Violet,
}

impl Family {
    /// Every family.
    pub(super) const ALL: [Self; 6] =
        [Self::Neutral, Self::Blue, Self::Green, Self::Red, Self::Warm, Self::Violet];

    /// The name as an attribute shows it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Blue => "blue",
            Self::Green => "green",
            Self::Red => "red",
            Self::Warm => "warm",
            Self::Violet => "violet",
        }
    }
}

/// A color with the name that a title carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Color {
    /// Name as shown.
    pub(super) name: &'static str,
    /// The family.
    pub(super) family: Family,
    /// Red, green, blue.
    pub(super) rgb: [u8; 3],
}

const fn color(name: &'static str, family: Family, rgb: u32) -> Color {
    let [_, red, green, blue] = rgb.to_be_bytes();
    Color { name, family, rgb: [red, green, blue] }
}

/// Every color on sale.
pub(super) const COLORS: [Color; 32] = [
    color("black", Family::Neutral, 0x0033_343a),
    color("charcoal", Family::Neutral, 0x0055_585f),
    color("stone", Family::Neutral, 0x00b3_aca0),
    color("sand", Family::Neutral, 0x00cd_b997),
    color("camel", Family::Neutral, 0x00b8_8d5c),
    color("ecru", Family::Neutral, 0x00eb_e3d2),
    color("white", Family::Neutral, 0x00f6_f4f0),
    color("walnut", Family::Neutral, 0x0074_553f),
    color("navy", Family::Blue, 0x002f_4268),
    color("denim blue", Family::Blue, 0x004d_6f97),
    color("sky blue", Family::Blue, 0x0092_b6d3),
    color("ink blue", Family::Blue, 0x0032_5877),
    color("dusk blue", Family::Blue, 0x0073_8bab),
    color("sea green", Family::Green, 0x004f_8a7b),
    color("sage", Family::Green, 0x009b_ab88),
    color("olive", Family::Green, 0x0073_7645),
    color("forest green", Family::Green, 0x0035_5a46),
    color("moss", Family::Green, 0x0088_8a52),
    color("brick red", Family::Red, 0x00ab_4f3d),
    color("burgundy", Family::Red, 0x0073_2f3d),
    color("coral", Family::Red, 0x00df_7f69),
    color("rose", Family::Red, 0x00d6_9a98),
    color("cherry", Family::Red, 0x00a8_3444),
    color("blush", Family::Red, 0x00e6_c3ba),
    color("mustard", Family::Warm, 0x00d2_9f3e),
    color("rust", Family::Warm, 0x00b2_6135),
    color("terracotta", Family::Warm, 0x00c4_7856),
    color("apricot", Family::Warm, 0x00e7_af7f),
    color("plum", Family::Violet, 0x0064_435f),
    color("lilac", Family::Violet, 0x00b6_a1c6),
    color("mauve", Family::Violet, 0x0097_7590),
    color("aubergine", Family::Violet, 0x0047_3550),
];

/// The color of this name.
pub(super) fn by_name(name: &str) -> Option<&'static Color> {
    COLORS.iter().find(|color| color.name == name)
}

/// `from` moved towards `to` by `percent`.
pub(super) fn mix(from: [u8; 3], to: [u8; 3], percent: u32) -> [u8; 3] {
    let percent = percent.min(100);
    let mut mixed = from;
    for (channel, target) in mixed.iter_mut().zip(to) {
        let sum = u32::from(*channel) * (100 - percent) + u32::from(target) * percent;
        *channel = u8::try_from(sum / 100).unwrap_or(u8::MAX);
    }
    mixed
}

/// How bright the eye sees it, 0 to 255 (Rec. 601 weights).
pub(super) fn brightness([red, green, blue]: [u8; 3]) -> u32 {
    (u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114) / 1_000
}
