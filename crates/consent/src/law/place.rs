//! Places: countries, their parts, and groups whose members change with the years.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use domain::time::Day;
use serde::{Deserialize, Serialize};

use domain::date::Date;

/// A place: `DE` (ISO 3166-1), `US-CA` (ISO 3166-2), a group such as `EU`, or `*` for anywhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Place(String);

/// The text is not the code of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a place is written as DE, US-CA, EU or EEA")]
pub struct PlaceError;

impl Place {
    /// Reads a code; case and blanks around it do not matter.
    ///
    /// # Errors
    /// [`PlaceError`].
    pub fn parse(text: &str) -> Result<Self, PlaceError> {
        let code = text.trim().to_ascii_uppercase();
        let (country, part) = code.split_once('-').map_or((&*code, None), |(c, p)| (c, Some(p)));
        let letters = |text: &str| text.bytes().all(|b| b.is_ascii_uppercase());
        let known = match part {
            None => (2..=3).contains(&country.len()) && letters(country),
            Some(part) => {
                let plain = part.bytes().all(|b| b.is_ascii_alphanumeric());
                country.len() == 2 && letters(country) && (1..=3).contains(&part.len()) && plain
            }
        };
        if known || code == "*" { Ok(Self(code)) } else { Err(PlaceError) }
    }

    /// Anywhere.
    pub fn anywhere() -> Self {
        Self("*".to_owned())
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The country of a part of it; of a country, itself.
    #[must_use]
    pub fn country(&self) -> Self {
        Self(self.0.split_once('-').map_or_else(|| self.0.clone(), |(c, _)| c.to_owned()))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl Borrow<str> for Place {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Place {
    type Error = PlaceError;

    fn try_from(text: String) -> Result<Self, PlaceError> {
        Self::parse(&text)
    }
}

impl From<Place> for String {
    fn from(place: Place) -> Self {
        place.0
    }
}

/// Why a pack counts for a place, from the closest to the widest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// The pack names the place itself.
    Itself,
    /// The pack names the country of the place.
    Country(Place),
    /// The pack names a group that the country belongs to on the day.
    Group(Place),
    /// No pack names it on the day: the strictest counts.
    Anywhere,
}

/// Groups of places with their days, and other names.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Atlas {
    groups: BTreeMap<Place, BTreeSet<Place>>,
    #[serde(default)]
    aliases: BTreeMap<Place, Place>,
    #[serde(default)]
    past: Vec<Past>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Past {
    place: Place,
    groups: BTreeSet<Place>,
    until: Date,
}

impl Atlas {
    /// Reads `places.toml`.
    ///
    /// # Errors
    /// What the reader of TOML says.
    pub fn read(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// The place under its first name.
    #[must_use]
    pub fn canonical(&self, place: &Place) -> Place {
        let country = place.country();
        let Some(first) = self.aliases.get(&country) else { return place.clone() };
        match place.0.split_once('-') {
            Some((_, part)) => Place(format!("{first}-{part}")),
            None => first.clone(),
        }
    }

    /// The groups that a country belongs to on a day.
    pub fn groups(&self, country: &Place, day: Day) -> BTreeSet<Place> {
        let now = self.groups.iter().filter(|(_, members)| members.contains(country));
        let mut groups: BTreeSet<_> = now.map(|(group, _)| group.clone()).collect();
        let left = self.past.iter().filter(|past| past.place == *country && day <= past.until.0);
        groups.extend(left.flat_map(|past| past.groups.clone()));
        groups
    }

    /// Every name under which a pack may name the place on the day, with why; closest first.
    pub fn names(&self, place: &Place, day: Day) -> Vec<(Place, Reach)> {
        let place = self.canonical(place);
        let country = place.country();
        let groups = self.groups(&country, day);
        let mut names = vec![(place.clone(), Reach::Itself)];
        if country != place {
            names.push((country.clone(), Reach::Country(country)));
        }
        names.extend(groups.into_iter().map(|group| (group.clone(), Reach::Group(group))));
        names
    }

    /// The last days on which countries belonged to groups.
    pub fn last_days(&self) -> BTreeSet<Day> {
        self.past.iter().map(|past| past.until.0).collect()
    }

    /// Every place that the atlas names.
    pub fn places(&self) -> BTreeSet<Place> {
        let members = self.groups.values().flatten().chain(self.groups.keys());
        members.chain(self.aliases.keys()).chain(self.aliases.values()).cloned().collect()
    }
}
