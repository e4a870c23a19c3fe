//! The kinds of garment that the demo shop sells, and what each can be made of and cost.

use super::silhouette::{
    BEANIE, BELT, BLAZER, BLOUSE, BOMBER, BOOT, CAP, CARDIGAN, DENIM_JACKET, DRESS, JEANS, LOAFER,
    PARKA, POLO, PUFFER, ROLL_NECK, SANDAL, SCARF, SHIRT, SHIRT_DRESS, SHORTS, SKIRT, SLIP_DRESS,
    SNEAKER, SOCKS, SWEATER, Silhouette, TEE, TOTE, TRENCH, TROUSERS, VEST, WIDE_TROUSERS,
    WRAP_DRESS,
};
use crate::shop::people::{Department, Style};

/// Whom a kind is cut for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// Cut for women only.
    Women,
    /// Cut for men only.
    Men,
    /// Sold as a women's, a men's or a unisex item.
    Any,
}

/// One kind of garment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Garment {
    /// What it is called in a title.
    pub(super) noun: &'static str,
    /// Where it hangs.
    pub(super) department: Department,
    /// Whom it is cut for.
    pub(super) cut: Cut,
    /// Styles it belongs to.
    pub(super) styles: &'static [Style],
    /// Cloths it is made of.
    pub(super) materials: &'static [&'static str],
    /// Whole euros before the brand's level, from and to.
    pub(super) euros: (u32, u32),
    /// Whether stripes, checks and dots suit it.
    pub(super) patterned: bool,
    /// How it is drawn.
    pub(super) silhouette: &'static Silhouette,
}

use Department::{Accessories, Dresses, Jackets, Knitwear, Maternity, Shirts, Shoes, Skirts};
use Style::{Classic, Minimal, Outdoor, Relaxed, Romantic};

const COTTONS: &[&str] = &["cotton", "organic cotton", "jersey"];
const WOOLS: &[&str] = &["merino", "lambswool", "cotton", "alpaca"];
const LEATHERS: &[&str] = &["leather", "suede"];
const FLOWING: &[&str] = &["linen", "viscose", "cotton", "silk"];

const fn garment(
    (noun, department, cut): (&'static str, Department, Cut),
    styles: &'static [Style],
    materials: &'static [&'static str],
    (low, high, patterned): (u32, u32, bool),
    silhouette: &'static Silhouette,
) -> Garment {
    Garment { noun, department, cut, styles, materials, euros: (low, high), patterned, silhouette }
}

/// Every kind, the sensitive ones apart.
#[rustfmt::skip]
pub(super) const GARMENTS: [Garment; 37] = [
    garment(("slip dress", Dresses, Cut::Women), &[Minimal, Romantic], &["satin", "viscose", "silk"], (50, 110, false), &SLIP_DRESS),
    garment(("summer dress", Dresses, Cut::Women), &[Romantic, Relaxed], FLOWING, (45, 95, true), &DRESS),
    garment(("shirt dress", Dresses, Cut::Women), &[Classic, Relaxed], FLOWING, (55, 110, true), &SHIRT_DRESS),
    garment(("wrap dress", Dresses, Cut::Women), &[Romantic, Classic], FLOWING, (55, 120, true), &WRAP_DRESS),
    garment(("knit dress", Dresses, Cut::Women), &[Minimal, Classic], WOOLS, (60, 120, false), &DRESS),
    garment(("pleated skirt", Skirts, Cut::Women), &[Classic, Romantic], &["satin", "viscose", "wool"], (40, 85, false), &SKIRT),
    garment(("midi skirt", Skirts, Cut::Women), &[Minimal, Relaxed], &["linen", "denim", "cotton"], (35, 75, true), &SKIRT),
    garment(("shirt", Shirts, Cut::Any), &[Classic, Minimal, Relaxed], &["linen", "poplin", "oxford"], (35, 80, true), &SHIRT),
    garment(("overshirt", Shirts, Cut::Any), &[Outdoor, Relaxed], &["flannel", "corduroy", "twill"], (55, 95, true), &SHIRT),
    garment(("T-shirt", Shirts, Cut::Any), &[Minimal, Relaxed, Outdoor], COTTONS, (15, 35, true), &TEE),
    garment(("polo shirt", Shirts, Cut::Men), &[Classic, Relaxed], &["cotton piqué", "merino"], (35, 65, true), &POLO),
    garment(("blouse", Shirts, Cut::Women), &[Romantic, Classic], &["viscose", "silk", "cotton voile"], (40, 90, true), &BLOUSE),
    garment(("wide trousers", Department::Trousers, Cut::Any), &[Minimal, Relaxed, Romantic], &["linen", "wool", "crepe"], (50, 100, false), &WIDE_TROUSERS),
    garment(("chinos", Department::Trousers, Cut::Any), &[Classic, Minimal], &["cotton", "twill"], (45, 85, false), &TROUSERS),
    garment(("jeans", Department::Trousers, Cut::Any), &[Relaxed, Classic, Minimal], &["straight", "slim", "organic denim"], (55, 110, false), &JEANS),
    garment(("hiking trousers", Department::Trousers, Cut::Any), &[Outdoor], &["stretch", "ripstop"], (60, 110, false), &TROUSERS),
    garment(("shorts", Department::Trousers, Cut::Any), &[Relaxed, Outdoor], &["linen", "cotton", "ripstop"], (30, 60, true), &SHORTS),
    garment(("sweater", Knitwear, Cut::Any), &[Classic, Relaxed, Minimal], WOOLS, (50, 120, true), &SWEATER),
    garment(("roll-neck", Knitwear, Cut::Any), &[Minimal, Classic], WOOLS, (55, 120, false), &ROLL_NECK),
    garment(("cardigan", Knitwear, Cut::Any), &[Romantic, Classic, Relaxed], WOOLS, (55, 120, false), &CARDIGAN),
    garment(("knitted vest", Knitwear, Cut::Any), &[Classic, Romantic], WOOLS, (40, 75, true), &VEST),
    garment(("blazer", Jackets, Cut::Any), &[Classic, Minimal], &["wool", "linen", "tweed"], (110, 220, true), &BLAZER),
    garment(("trucker jacket", Jackets, Cut::Any), &[Relaxed], &["denim", "corduroy"], (70, 130, false), &DENIM_JACKET),
    garment(("bomber jacket", Jackets, Cut::Any), &[Relaxed, Minimal], &["nylon", "suede", "satin"], (80, 150, false), &BOMBER),
    garment(("trench coat", Jackets, Cut::Any), &[Classic, Romantic], &["cotton", "gabardine"], (130, 240, false), &TRENCH),
    garment(("rain parka", Jackets, Cut::Any), &[Outdoor], &["waxed", "recycled", "waterproof"], (110, 210, false), &PARKA),
    garment(("quilted jacket", Jackets, Cut::Any), &[Outdoor, Minimal], &["down", "recycled"], (100, 200, false), &PUFFER),
    garment(("sneakers", Shoes, Cut::Any), &[Relaxed, Minimal], &["canvas", "leather"], (60, 120, false), &SNEAKER),
    garment(("loafers", Shoes, Cut::Any), &[Classic, Minimal], LEATHERS, (80, 150, false), &LOAFER),
    garment(("ankle boots", Shoes, Cut::Any), &[Outdoor, Classic, Romantic], LEATHERS, (90, 180, false), &BOOT),
    garment(("sandals", Shoes, Cut::Any), &[Romantic, Relaxed], &["leather", "cork"], (40, 85, false), &SANDAL),
    garment(("scarf", Accessories, Cut::Any), &[Classic, Romantic, Minimal], WOOLS, (25, 60, true), &SCARF),
    garment(("tote bag", Accessories, Cut::Any), &[Minimal, Relaxed, Romantic], &["canvas", "leather"], (25, 90, true), &TOTE),
    garment(("beanie", Accessories, Cut::Any), &[Outdoor, Relaxed], WOOLS, (18, 35, false), &BEANIE),
    garment(("belt", Accessories, Cut::Any), &[Classic, Minimal], LEATHERS, (25, 55, false), &BELT),
    garment(("hiking socks", Accessories, Cut::Any), &[Outdoor], &["merino", "cotton"], (10, 20, true), &SOCKS),
    garment(("cap", Accessories, Cut::Any), &[Outdoor, Relaxed], &["cotton", "ripstop", "corduroy"], (18, 35, false), &CAP),
];

/// What is sensitive by its category (GDPR Art. 9(1)): it tells of a pregnancy.
#[rustfmt::skip]
pub(super) const MATERNITY: [Garment; 4] = [
    garment(("maternity dress", Maternity, Cut::Women), &[Romantic, Classic], FLOWING, (50, 95, true), &DRESS),
    garment(("maternity jeans", Maternity, Cut::Women), &[Relaxed, Minimal], &["stretch", "soft"], (55, 90, false), &JEANS),
    garment(("nursing top", Maternity, Cut::Women), &[Relaxed, Minimal], COTTONS, (25, 45, true), &TEE),
    garment(("maternity cardigan", Maternity, Cut::Women), &[Classic, Romantic], WOOLS, (55, 95, false), &CARDIGAN),
];

/// The kind that a title calls `noun`.
pub(super) fn by_noun(noun: &str) -> Option<&'static Garment> {
    GARMENTS.iter().chain(&MATERNITY).find(|garment| garment.noun == noun)
}
