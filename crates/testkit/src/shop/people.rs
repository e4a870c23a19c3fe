//! The invented customers of the demo shop and what they like.

use crate::random::Random;
use crate::shop::color::Family;

/// A department, the last part of a category path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Department {
    /// Dresses.
    Dresses,
    /// Skirts.
    Skirts,
    /// Shirts, blouses and tops.
    Shirts,
    /// Trousers, jeans and shorts.
    Trousers,
    /// Knitwear.
    Knitwear,
    /// Jackets and coats.
    Jackets,
    /// Shoes.
    Shoes,
    /// Scarves, bags, belts and what else lies at the counter.
    Accessories,
    /// Maternity wear, which is sensitive (GDPR Art. 9(1)).
    Maternity,
}

impl Department {
    /// The name as a category path carries it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dresses => "Dresses",
            Self::Skirts => "Skirts",
            Self::Shirts => "Shirts",
            Self::Trousers => "Trousers",
            Self::Knitwear => "Knitwear",
            Self::Jackets => "Jackets",
            Self::Shoes => "Shoes",
            Self::Accessories => "Accessories",
            Self::Maternity => "Maternity",
        }
    }
}

/// A style; what belongs to one style is looked at together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Style {
    /// Plain lines, few colors.
    Minimal,
    /// Blazers, loafers, checks.
    Classic,
    /// Denim, jersey, sneakers.
    Relaxed,
    /// For rain and hills.
    Outdoor,
    /// Flowing cloth, soft colors.
    Romantic,
}

impl Style {
    /// Every style.
    pub const ALL: [Self; 5] =
        [Self::Minimal, Self::Classic, Self::Relaxed, Self::Outdoor, Self::Romantic];

    /// The name as an attribute shows it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Minimal => "minimal",
            Self::Classic => "classic",
            Self::Relaxed => "relaxed",
            Self::Outdoor => "outdoor",
            Self::Romantic => "romantic",
        }
    }

    /// The color families that the style is mostly made in.
    pub(super) const fn families(self) -> &'static [Family] {
        match self {
            Self::Minimal => &[Family::Neutral, Family::Neutral, Family::Blue, Family::Violet],
            Self::Classic => &[Family::Blue, Family::Neutral, Family::Red, Family::Green],
            Self::Relaxed => &[Family::Blue, Family::Warm, Family::Neutral, Family::Green],
            Self::Outdoor => &[Family::Green, Family::Warm, Family::Neutral, Family::Blue],
            Self::Romantic => &[Family::Red, Family::Violet, Family::Warm, Family::Neutral],
        }
    }
}

/// The side of the shop that a person shops on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Women's wear.
    Women,
    /// Men's wear.
    Men,
}

impl Side {
    /// Both sides.
    pub const ALL: [Self; 2] = [Self::Women, Self::Men];

    /// The name as a category path carries it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Women => "Women",
            Self::Men => "Men",
        }
    }

    /// The departments of the side that are not sensitive.
    pub(super) const fn departments(self) -> &'static [Department] {
        match self {
            Self::Women => &[
                Department::Dresses,
                Department::Shirts,
                Department::Knitwear,
                Department::Trousers,
                Department::Jackets,
                Department::Shoes,
                Department::Skirts,
                Department::Accessories,
            ],
            Self::Men => &[
                Department::Shirts,
                Department::Trousers,
                Department::Knitwear,
                Department::Jackets,
                Department::Shoes,
                Department::Accessories,
            ],
        }
    }
}

/// One invented person and their taste.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Number, from 0; [`Customer::name`] makes the shop's own customer id of it.
    pub number: u32,
    /// The side of the shop.
    pub side: Side,
    /// Clothing size, a letter size.
    pub size: &'static str,
    /// The style that most visits keep to.
    pub style: Style,
    /// Preferred departments, the dearest first.
    pub departments: Vec<Department>,
    /// 1 looks for a bargain, 3 does not ask.
    pub price_level: u8,
    /// The preferred color family.
    pub(super) family: Family,
    /// Looks at maternity wear at present.
    pub(super) expects: bool,
}

impl Customer {
    /// The person of this number.
    pub(super) fn invent(people: &Random, number: u32) -> Self {
        let mut random = people.fork_nth("customer", u64::from(number));
        let side = if random.chance(3, 5) { Side::Women } else { Side::Men };
        let style = *random.pick(&Style::ALL).unwrap_or(&Style::Classic);
        let size = *random.pick(&["XS", "S", "S", "M", "M", "M", "L", "L", "XL"]).unwrap_or(&"M");
        let mut departments = Vec::new();
        while departments.len() < 3 {
            let Some(&department) = random.pick(side.departments()) else { break };
            if !departments.contains(&department) {
                departments.push(department);
            }
        }
        let family = *random.pick(style.families()).unwrap_or(&Family::Neutral);
        let price_level = *random.pick(&[1, 1, 2, 2, 2, 3]).unwrap_or(&2);
        let expects = side == Side::Women && random.chance(1, 25);
        Self { number, side, size, style, departments, price_level, family, expects }
    }

    /// The preferred color family, as the attribute `color_family` names it.
    pub const fn color_family(&self) -> &'static str {
        self.family.name()
    }

    /// The shop's own id of this customer, such as `customer-0042`.
    pub fn name(&self) -> String {
        format!("customer-{:04}", self.number)
    }
}
