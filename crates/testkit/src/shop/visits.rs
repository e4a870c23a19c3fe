//! Visits: who came when, and what they looked at, took and bought.
//!
//! A visit has a goal (one of the person's departments) and a style. Most of what is looked at
//! shares both, some of it only one, a little is chance; among what could be next, the person
//! prefers their color family and price level. Each visit has its own random stream, so visit 17
//! is the same whether or not the others are made.

use domain::event::Action;
use domain::id::ItemId;
use domain::time::{DAY_MS, Timestamp};

use crate::random::Random;
use crate::shop::ShopSize;
use crate::shop::catalog::{Shelves, Traits};
use crate::shop::people::{Customer, Department, Style};

/// Most items looked at in one visit.
pub const VIEWS_MAX: u32 = 24;
/// Longest time from one event to the next, in milliseconds.
const GAP_MS_MAX: u32 = 150_000;
/// Room for the longest visit before `end`: it has at most three events a view and the purchases.
const VISIT_MS_MAX: i64 = GAP_MS_MAX as i64 * 100;

/// One thing that happened in a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VisitEvent<'a> {
    /// Milliseconds after the visit started; never falls within a visit.
    pub offset_ms: u32,
    /// What happened.
    pub action: Action,
    /// To which item.
    pub item: &'a ItemId,
}

/// One visit of one customer, with at least one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit<'a> {
    /// Number of the customer.
    pub customer: u32,
    /// When it started.
    pub started: Timestamp,
    /// What happened, in order; what was bought comes last.
    pub events: Vec<VisitEvent<'a>>,
}

impl<'a> Visit<'a> {
    /// What was bought, in the order of the cart.
    pub fn purchases(&self) -> impl Iterator<Item = &'a ItemId> {
        self.events.iter().filter(|event| event.action == Action::Purchase).map(|event| event.item)
    }

    /// When `event` happened.
    pub fn time(&self, event: &VisitEvent<'_>) -> Timestamp {
        self.started.plus_ms(i64::from(event.offset_ms))
    }
}

/// Makes visits, each from its number alone.
#[derive(Clone, Debug)]
pub(super) struct Planner<'a> {
    shelves: &'a Shelves,
    customers: &'a [Customer],
    root: Random,
}

/// What this visit is about.
#[derive(Clone, Copy, Debug)]
struct Goal {
    department: Department,
    style: Style,
}

impl<'a> Planner<'a> {
    /// A planner for these people in this shop.
    pub(super) const fn open(
        shelves: &'a Shelves,
        customers: &'a [Customer],
        root: Random,
    ) -> Self {
        Self { shelves, customers, root }
    }

    /// The visit of this number; none when the shop is empty.
    pub(super) fn visit(&self, number: u32, size: ShopSize, end: Timestamp) -> Option<Visit<'a>> {
        let mut random = self.root.fork_nth("visit", u64::from(number));
        let started = start(&mut random, number, size, end);
        // The lower of two draws: a few regulars, many who come once or twice.
        let first = random.below(size.customers);
        let customer = self.customers.get(first.min(random.below(size.customers)) as usize)?;
        let goal = Self::goal(customer, &mut random);
        let events = self.walk(customer, goal, &mut random);
        (!events.is_empty()).then_some(Visit { customer: customer.number, started, events })
    }

    fn goal(customer: &Customer, random: &mut Random) -> Goal {
        if customer.expects && random.chance(1, 3) {
            return Goal { department: Department::Maternity, style: customer.style };
        }
        let department = random
            .pick_weighted(&[6, 3, 2])
            .and_then(|index| customer.departments.get(index))
            .copied()
            .unwrap_or(Department::Accessories);
        let other = random.chance(1, 8).then(|| random.pick(&Style::ALL).copied()).flatten();
        Goal { department, style: other.unwrap_or(customer.style) }
    }

    fn walk(&self, customer: &Customer, goal: Goal, random: &mut Random) -> Vec<VisitEvent<'a>> {
        let mut events: Vec<VisitEvent<'a>> = Vec::new();
        let mut seen: Vec<u32> = Vec::new();
        let mut cart: Vec<&'a ItemId> = Vec::new();
        let mut offset_ms = 0;
        for _ in 0..VIEWS_MAX {
            let Some((index, item)) = self.next_item(customer, goal, &seen, random) else { break };
            events.push(VisitEvent { offset_ms, action: Action::View, item });
            seen.push(index);
            if !cart.contains(&item) && random.chance(1, 9) {
                offset_ms += random.between(3_000, 25_000);
                events.push(VisitEvent { offset_ms, action: Action::AddToCart, item });
                cart.push(item);
            } else if random.chance(1, 40) {
                offset_ms += random.between(2_000, 9_000);
                events.push(VisitEvent { offset_ms, action: Action::AddToWishlist, item });
            }
            if !random.chance(4, 5) {
                break;
            }
            offset_ms += random.between(6_000, GAP_MS_MAX);
        }
        if cart.len() > 1 && random.chance(1, 4) {
            offset_ms += random.between(4_000, 30_000);
            if let Some(item) = cart.pop() {
                events.push(VisitEvent { offset_ms, action: Action::RemoveFromCart, item });
            }
        }
        if random.chance(2, 5) {
            offset_ms += random.between(30_000, GAP_MS_MAX);
            let bought =
                cart.iter().map(|item| VisitEvent { offset_ms, action: Action::Purchase, item });
            events.extend(bought);
        }
        events
    }

    /// The next item to look at, not the one just seen.
    fn next_item(
        &self,
        customer: &Customer,
        goal: Goal,
        seen: &[u32],
        random: &mut Random,
    ) -> Option<(u32, &'a ItemId)> {
        let mut best: Option<(u8, u32, &'a ItemId)> = None;
        for _ in 0..4 {
            let shelf = self.shelf(customer, goal, random);
            // The lower of two draws makes some items better known than others.
            let count = u32::try_from(shelf.len()).unwrap_or(u32::MAX);
            let draw = random.below(count).min(random.below(count));
            let Some(&index) = shelf.get(draw as usize) else { continue };
            let Some((item, traits)) = self.shelves.at(index) else { continue };
            let fit = if seen.contains(&index) { 0 } else { 1 + liking(customer, traits) };
            if seen.last() != Some(&index) && best.is_none_or(|(most, ..)| fit > most) {
                best = Some((fit, index, &item.id));
            }
        }
        best.map(|(_, index, item)| (index, item))
    }

    fn shelf(&self, customer: &Customer, goal: Goal, random: &mut Random) -> &'a [u32] {
        let side = customer.side;
        let wanted = match random.below(20) {
            0..12 => self.shelves.both(side, goal.style, goal.department),
            12..16 => self.shelves.style(side, goal.style),
            16..19 => self.shelves.department(side, goal.department),
            _ => random
                .pick(&customer.departments)
                .map_or(&[][..], |&department| self.shelves.department(side, department)),
        };
        if wanted.is_empty() { self.shelves.department(side, goal.department) } else { wanted }
    }
}

/// How well an item suits a person beyond style and department: 0 to 3.
fn liking(customer: &Customer, traits: Traits) -> u8 {
    let color = if traits.family == customer.family { 2 } else { 0 };
    let price = u8::from(traits.price_level == customer.price_level);
    color + price
}

/// Visits lie evenly over the days, each with its own jitter, so that their numbers are in the
/// order of time; the last one is over before `end`.
fn start(random: &mut Random, number: u32, size: ShopSize, end: Timestamp) -> Timestamp {
    let span_ms = (i64::from(size.days) * DAY_MS - VISIT_MS_MAX).max(0);
    let step_ms = span_ms / i64::from(size.visits.max(1));
    let jitter_ms = random.below(u32::try_from(step_ms).unwrap_or(u32::MAX));
    end.plus_ms(-span_ms - VISIT_MS_MAX).plus_ms(step_ms * i64::from(number) + i64::from(jitter_ms))
}
