//! The packs that one shop goes by: those of the program, and its own over them.
//!
//! A pack of a shop counts at its places from its first day on, in place of the program's, until it
//! ends or a later one of the shop begins. Where the closer name is the program's, that one counts:
//! a pack for `EU` does not reach a country that has a pack. Packs that were put once stay readable
//! by id and digest, so that a decision under them can be made again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::time::Day;

use crate::law::course::Course;
use crate::law::place::{Place, Reach};
use crate::law::shelf::{LawError, Shelf, Status};
use crate::law::{LawPack, shipped, strictest};

/// Longest code of a place, in bytes.
const CODE_BYTES_MAX: usize = 6;

/// The packs of one shop.
#[derive(Clone, Debug)]
pub struct Laws {
    /// The shop's packs that count.
    own: Vec<&'static LawPack>,
    /// Every pack that the shop ever had, for evidence that names it.
    known: Vec<&'static LawPack>,
    courses: BTreeMap<Place, Arc<Course>>,
    anywhere: Arc<Course>,
}

impl Laws {
    /// The packs of the program alone.
    pub fn of_the_program() -> Self {
        Self::put_together(Vec::new(), Vec::new())
    }

    /// The packs of the program, `own` over them, and `known` for evidence that names them.
    ///
    /// # Errors
    /// [`LawError`]: a pack for `*`, an id that another pack has or had, or two packs of the shop
    /// for one place from one day on.
    pub fn with(
        own: Vec<&'static LawPack>,
        known: Vec<&'static LawPack>,
    ) -> Result<Self, LawError> {
        let program = shipped().map(Shelf::packs).unwrap_or_default();
        for pack in &own {
            let mut others = program.iter().chain(known.iter().copied());
            if others.any(|other| other.id == pack.id && other.digest != pack.digest) {
                return Err(LawError::Changed(pack.id.to_owned()));
            }
        }
        let mut begins: BTreeSet<(&Place, Day)> = BTreeSet::new();
        let mut names: BTreeSet<&str> = BTreeSet::new();
        for pack in &own {
            if pack.places.contains(&Place::anywhere()) {
                let why = "names *: what nobody knows stays under the strictest pack";
                return Err(LawError::Unsound { pack: pack.id.to_owned(), why });
            }
            if !names.insert(pack.id) {
                return Err(LawError::Twice(pack.id.to_owned()));
            }
            let counts = pack.status == Status::InForce;
            let fresh = |place| begins.insert((place, pack.valid_from));
            if counts && !pack.places.iter().all(fresh) {
                let why = "begins on the day of another pack for the same place";
                return Err(LawError::Unsound { pack: pack.id.to_owned(), why });
            }
        }
        Ok(Self::put_together(own, known))
    }

    fn put_together(own: Vec<&'static LawPack>, known: Vec<&'static LawPack>) -> Self {
        let anywhere = Arc::new(Course::new(Place::anywhere(), Vec::new()));
        let mut laws = Self { own, known, courses: BTreeMap::new(), anywhere };
        let Ok(shelf) = shipped() else { return laws };
        let all = || shelf.packs().iter().chain(laws.own.iter().copied());
        let mut days = shelf.atlas().last_days();
        days.extend(all().filter_map(|pack| pack.valid_to));
        let mut days: BTreeSet<Day> = days.into_iter().map(|last| last.plus(1)).collect();
        days.insert(Day::from_number(0));
        days.extend(all().map(|pack| pack.valid_from));
        let mut places = shelf.atlas().places();
        places.extend(all().flat_map(|pack| pack.places.clone()));
        let course = |place: &Place| {
            let steps = days.iter().map(|&day| (day, laws.find(Some(place), day).0));
            Arc::new(Course::new(place.clone(), steps.collect()))
        };
        let anywhere = course(&Place::anywhere());
        let courses = places.into_iter().map(|place| (place.clone(), course(&place))).collect();
        (laws.courses, laws.anywhere) = (courses, anywhere);
        laws
    }

    /// The pack for a place on a day, and why it is that one. Case does not matter.
    ///
    /// # Privacy
    /// What is not known is under the strictest pack.
    pub fn find(&self, place: Option<&Place>, day: Day) -> (&'static LawPack, Reach) {
        let Ok(shelf) = shipped() else { return (strictest(), Reach::Anywhere) };
        let names = place.map(|place| shelf.atlas().names(place, day)).unwrap_or_default();
        let named = names.iter().filter(|(name, _)| *name != Place::anywhere());
        for (_, closeness) in named.clone() {
            // A country can be in several groups: the shop's pack for any of them goes first.
            let close = named.clone().filter(|(_, reach)| {
                std::mem::discriminant(reach) == std::mem::discriminant(closeness)
            });
            let own = close.clone().find_map(|(name, reach)| Some((self.own(name, day)?, reach)));
            let found = own.or_else(|| {
                close.clone().find_map(|(name, reach)| Some((shelf.on(name, day)?, reach)))
            });
            if let Some((pack, reach)) = found {
                return (pack, reach.clone());
            }
        }
        (shelf.strictest(day).unwrap_or_else(strictest), Reach::Anywhere)
    }

    /// The shop's pack that names exactly this place, under its first name, on a day.
    fn own(&self, name: &Place, day: Day) -> Option<&'static LawPack> {
        let atlas = shipped().ok()?.atlas();
        let names = |pack: &LawPack| pack.places.iter().any(|one| atlas.canonical(one) == *name);
        let own = self.own.iter().filter(|pack| pack.counts_on(day) && names(pack));
        own.max_by_key(|pack| pack.valid_from).copied()
    }

    /// The packs of a place, one after the other.
    pub fn course(&self, place: Option<&str>) -> &Arc<Course> {
        let Some(text) = place.map(str::trim) else { return &self.anywhere };
        let mut code = [0; CODE_BYTES_MAX];
        let upper = code.get_mut(..text.len()).map(|code| {
            code.copy_from_slice(text.as_bytes());
            code.make_ascii_uppercase();
            &*code
        });
        let named = upper.and_then(|code| std::str::from_utf8(code).ok());
        let found = named.and_then(|code| self.courses.get(code));
        found.or_else(|| self.around(text)).unwrap_or(&self.anywhere)
    }

    /// A part of a country that no pack names, or another name of it.
    fn around(&self, text: &str) -> Option<&Arc<Course>> {
        let place = Place::parse(text).ok()?;
        let place = shipped().ok()?.atlas().canonical(&place);
        let whole = || self.courses.get(&place.country());
        self.courses.get(&place).or_else(whole)
    }

    /// The packs of a place that was found, and the widest name of it that says as much: the one
    /// that a pack goes by, or its country.
    ///
    /// # Privacy
    /// Whatever is finer than a law can tell apart is not kept.
    pub fn least(&self, found: &Place) -> (&Arc<Course>, Place) {
        let course = self.course(Some(found.as_str()));
        let known = *course.place() != Place::anywhere();
        (course, if known { course.place().clone() } else { found.country() })
    }

    /// The pack for a place on a day.
    pub fn pack(&self, place: Option<&str>, day: Day) -> &'static LawPack {
        self.course(place).on(day)
    }

    /// The pack of an id or digest that evidence names, whether or not it still counts.
    pub fn named(&self, name: &str) -> Option<&'static LawPack> {
        let own = self.own.iter().chain(&self.known).copied();
        let mut own = own.filter(|pack| pack.id == name || pack.digest == name);
        crate::law::named(name).or_else(|| own.next())
    }

    /// Every pack of the program, and every one that the shop ever had.
    pub fn all(&self) -> impl Iterator<Item = &'static LawPack> + '_ {
        let program = shipped().map(Shelf::packs).unwrap_or_default();
        let earlier = |pack: &&LawPack| !self.own.iter().any(|own| own.id == pack.id);
        let earlier = self.known.iter().copied().filter(earlier);
        program.iter().chain(self.own.iter().copied()).chain(earlier)
    }

    /// Every pack that the shop ever had.
    pub fn known(&self) -> &[&'static LawPack] {
        &self.known
    }

    /// The packs that count on a day, each with a place where it does.
    pub fn in_force(&self, day: Day) -> Vec<(&'static LawPack, Option<Place>)> {
        let mut found = Vec::new();
        for pack in self.all().filter(|pack| pack.counts_on(day)) {
            let counts = |place: &&Place| self.find(Some(place), day).0.digest == pack.digest;
            let anywhere = pack.places.contains(&Place::anywhere());
            match pack.places.iter().find(counts).filter(|_| !anywhere) {
                Some(place) => found.push((pack, Some(place.clone()))),
                None if anywhere => found.push((pack, None)),
                None => {}
            }
        }
        found
    }
}

#[cfg(test)]
mod tests;
