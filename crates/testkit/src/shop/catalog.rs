//! What the demo shop sells: invented items, each with a drawn picture.

use std::collections::{BTreeMap, BTreeSet};

use domain::catalog::Item;
use domain::id::ItemId;
use domain::money::{Currency, Money};

use crate::random::Random;
use crate::shop::color::{COLORS, Color, Family};
use crate::shop::garment::{Cut, GARMENTS, Garment, MATERNITY};
use crate::shop::people::{Department, Side, Style};

/// The currency of every price.
pub const CURRENCY: &str = "EUR";

/// Invented brands with their price level.
const BRANDS: [(&str, u8); 8] = [
    ("Tamsel", 1),
    ("Kestwick", 1),
    ("Halvik", 2),
    ("Sollune", 2),
    ("Brunmoor", 2),
    ("Pellandro", 2),
    ("Orlenne", 3),
    ("Velioro", 3),
];

/// Letter sizes of clothing.
const SIZES: [&str; 5] = ["XS", "S", "M", "L", "XL"];
/// European shoe sizes; women's run to the sixth, men's from there.
const SHOE_SIZES: [&str; 11] = ["36", "37", "38", "39", "40", "41", "42", "43", "44", "45", "46"];

/// What people choose by, beside what the catalog says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Traits {
    /// The color family.
    pub(super) family: Family,
    /// 1 to 3.
    pub(super) price_level: u8,
}

/// All items, and which of them hang where.
#[derive(Clone, Debug)]
pub(super) struct Shelves {
    items: Vec<Item>,
    traits: Vec<Traits>,
    by_id: BTreeMap<ItemId, u32>,
    by_department: BTreeMap<(Side, Department), Vec<u32>>,
    by_style: BTreeMap<(Side, Style), Vec<u32>>,
    by_both: BTreeMap<(Side, Style, Department), Vec<u32>>,
}

/// One drawn item before it becomes a catalog row.
struct Draft {
    garment: &'static Garment,
    sides: &'static [Side],
    style: Style,
    color: &'static Color,
    pattern: &'static str,
    material: &'static str,
    brand: (&'static str, u8),
}

impl Shelves {
    /// Stocks `count` items.
    pub(super) fn stock(catalog: &Random, count: u32) -> Self {
        let mut shelves = Self {
            items: Vec::new(),
            traits: Vec::new(),
            by_id: BTreeMap::new(),
            by_department: BTreeMap::new(),
            by_style: BTreeMap::new(),
            by_both: BTreeMap::new(),
        };
        let mut titles = BTreeSet::new();
        for number in 0..count {
            let mut random = catalog.fork_nth("item", u64::from(number));
            let Some(mut draft) = Draft::draw(&mut random, number) else { continue };
            // A shop has no two items of one title and brand; a few draws nearly always part them.
            for _ in 0..20 {
                if !titles.contains(&(draft.title(), draft.brand)) {
                    break;
                }
                let Some(other) = Draft::draw(&mut random, number) else { break };
                draft = other;
            }
            titles.insert((draft.title(), draft.brand));
            shelves.hang(&draft, &mut random, number);
        }
        shelves
    }

    fn hang(&mut self, draft: &Draft, random: &mut Random, number: u32) {
        let Some(item) = draft.item(random, number) else { return };
        let index = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        let department = draft.garment.department;
        for &side in draft.sides {
            self.by_department.entry((side, department)).or_default().push(index);
            if department != Department::Maternity {
                self.by_style.entry((side, draft.style)).or_default().push(index);
                self.by_both.entry((side, draft.style, department)).or_default().push(index);
            }
        }
        self.by_id.insert(item.id.clone(), index);
        self.items.push(item);
        self.traits.push(Traits { family: draft.color.family, price_level: draft.brand.1 });
    }

    /// Every item.
    pub(super) fn items(&self) -> &[Item] {
        &self.items
    }

    /// The item `id`.
    pub(super) fn item(&self, id: &ItemId) -> Option<&Item> {
        self.by_id.get(id).and_then(|&index| self.items.get(index as usize))
    }

    /// The item at `index` and what people choose it by.
    pub(super) fn at(&self, index: u32) -> Option<(&Item, Traits)> {
        let index = index as usize;
        self.items.get(index).zip(self.traits.get(index).copied())
    }

    /// Items of a department of a side, in whatever style.
    pub(super) fn department(&self, side: Side, department: Department) -> &[u32] {
        self.by_department.get(&(side, department)).map_or(&[], Vec::as_slice)
    }

    /// Items of a style of a side, sensitive ones left out.
    pub(super) fn style(&self, side: Side, style: Style) -> &[u32] {
        self.by_style.get(&(side, style)).map_or(&[], Vec::as_slice)
    }

    /// Items of a style in a department of a side.
    pub(super) fn both(&self, side: Side, style: Style, department: Department) -> &[u32] {
        self.by_both.get(&(side, style, department)).map_or(&[], Vec::as_slice)
    }
}

impl Draft {
    /// Every fiftieth item is a sensitive one; the others walk through the kinds, so that a small
    /// shop has some of each.
    fn draw(random: &mut Random, number: u32) -> Option<Self> {
        let kinds: &'static [Garment] = if number % 50 == 49 { &MATERNITY } else { &GARMENTS };
        let round = if number % 50 == 49 { number / 50 } else { number - number / 50 };
        let garment = kinds.iter().cycle().nth(round as usize % kinds.len())?;
        let sides = match garment.cut {
            Cut::Women => &Side::ALL[..1],
            Cut::Men => &Side::ALL[1..],
            Cut::Any => match random.below(10) {
                0..4 => &Side::ALL[..1],
                4..7 => &Side::ALL[1..],
                _ => &Side::ALL[..],
            },
        };
        let style = *random.pick(garment.styles)?;
        let family = if random.chance(7, 8) {
            *random.pick(style.families())?
        } else {
            *random.pick(&Family::ALL)?
        };
        let colors: Vec<_> = COLORS.iter().filter(|color| color.family == family).collect();
        let pattern = if garment.patterned && random.chance(2, 5) {
            *random.pick(&["striped", "checked", "dotted"])?
        } else {
            "plain"
        };
        Some(Self {
            garment,
            sides,
            style,
            color: random.pick(&colors)?,
            pattern,
            material: random.pick(garment.materials)?,
            brand: *random.pick(&BRANDS)?,
        })
    }

    /// Such as `Striped linen shirt, sea green`.
    fn title(&self) -> String {
        let Self { garment: Garment { noun, .. }, material, color, pattern, .. } = self;
        let words = match *pattern {
            "plain" => format!("{material} {noun}, {}", color.name),
            _ => format!("{pattern} {material} {noun}, {}", color.name),
        };
        let mut letters = words.chars();
        letters.next().map_or_else(String::new, |first| {
            first.to_uppercase().chain(letters).collect::<String>()
        })
    }

    fn item(&self, random: &mut Random, number: u32) -> Option<Item> {
        let slug: String = format!("{} {}", self.material, self.garment.noun)
            .to_lowercase()
            .chars()
            .filter_map(|letter| match letter {
                'a'..='z' => Some(letter),
                'é' => Some('e'),
                ' ' | '-' => Some('-'),
                _ => None,
            })
            .collect();
        let id = format!("{slug}-{number:03}");
        let mut item = Item::new(ItemId::parse(&id).ok()?, self.title());
        let department = self.garment.department.name();
        item.categories =
            self.sides.iter().map(|side| format!("{}/{department}", side.name())).collect();
        item.brand = Some(self.brand.0.to_owned());
        item.price = Some(self.price(random)?);
        item.url = Some(format!("/p/{id}"));
        item.image = Some(format!("/img/{id}.svg"));
        item.in_stock = !random.chance(1, 24);
        item.attributes = self.attributes(random);
        item.admit().ok()
    }

    fn attributes(&self, random: &mut Random) -> BTreeMap<String, String> {
        let audience = match self.sides {
            [side] => side.name().to_lowercase(),
            _ => "unisex".to_owned(),
        };
        let run: &[&str] = match self.garment.department {
            Department::Accessories => &["one size"],
            Department::Shoes if audience == "women" => &SHOE_SIZES[..6],
            Department::Shoes if audience == "men" => &SHOE_SIZES[5..],
            Department::Shoes => &SHOE_SIZES,
            Department::Dresses
            | Department::Skirts
            | Department::Shirts
            | Department::Trousers
            | Department::Knitwear
            | Department::Jackets
            | Department::Maternity => &SIZES,
        };
        // Some sizes are gone, as they are in every shop; the first of a run never is.
        let kept: Vec<_> = run
            .iter()
            .enumerate()
            .filter_map(|(at, size)| (at == 0 || !random.chance(1, 6)).then_some(*size))
            .collect();
        let size = kept.join(", ");
        [
            ("audience", audience.as_str()),
            ("color", self.color.name),
            ("color_family", self.color.family.name()),
            ("kind", self.garment.noun),
            ("material", self.material),
            ("pattern", self.pattern),
            ("size", size.as_str()),
            ("style", self.style.name()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
    }

    /// Between the kind's bounds, higher for a dearer brand, ending in ninety cents.
    fn price(&self, random: &mut Random) -> Option<Money> {
        let (low, high) = self.garment.euros;
        let third = (high - low) / 3;
        let level = u32::from(self.brand.1).clamp(1, 3);
        let euros = low + third * (level - 1) + random.below(third.max(1));
        let currency = Currency::parse(CURRENCY).ok()?;
        Some(Money { minor: i64::from(euros) * 100 - 10, currency })
    }
}
