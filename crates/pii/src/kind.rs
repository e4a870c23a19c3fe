//! The kinds of personal data that are looked for.

/// A kind of personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A payment card number.
    Card,
    /// A bank account by ISO 13616.
    Iban,
    /// A number that a state gave to one person, social security and taxpayer numbers included.
    NationalId,
    /// A passport or identity card, also as a machine readable zone.
    Passport,
    /// A driving license.
    DriverLicense,
    /// A vehicle, by identification number or plate.
    Vehicle,
    /// An address of a crypto currency.
    Crypto,
    /// A user name with a password in a URL.
    Credential,
    /// A mailbox.
    Email,
    /// A telephone number.
    Phone,
    /// An address of the Internet Protocol.
    Ip,
    /// An address of a network card.
    Mac,
    /// An order number of this shop.
    OrderNumber,
    /// The day on which somebody was born.
    DateOfBirth,
    /// A place where somebody can be visited or mail can be sent.
    Address,
    /// The name of a person.
    Person,
    /// A postal code on its own.
    PostalCode,
    /// How old somebody is.
    Age,
    /// Nationality, religion or political group.
    Group,
    /// An organization.
    Organization,
    /// A city, region or country.
    Place,
    /// A form of address or an occupation.
    Title,
    /// A day or a time.
    Date,
    /// A web address.
    Url,
}

impl Kind {
    /// Every kind, those that identify best first.
    pub const ALL: [Self; 24] = [
        Self::Card,
        Self::Iban,
        Self::NationalId,
        Self::Passport,
        Self::DriverLicense,
        Self::Vehicle,
        Self::Crypto,
        Self::Credential,
        Self::Email,
        Self::Phone,
        Self::Ip,
        Self::Mac,
        Self::OrderNumber,
        Self::DateOfBirth,
        Self::Address,
        Self::Person,
        Self::PostalCode,
        Self::Age,
        Self::Group,
        Self::Organization,
        Self::Place,
        Self::Title,
        Self::Date,
        Self::Url,
    ];

    /// The kind as reports and metrics write it: a closed list of words.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Iban => "iban",
            Self::NationalId => "national_id",
            Self::Passport => "passport",
            Self::DriverLicense => "driver_license",
            Self::Vehicle => "vehicle",
            Self::Crypto => "crypto",
            Self::Credential => "credential",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Ip => "ip",
            Self::Mac => "mac",
            Self::OrderNumber => "order_number",
            Self::DateOfBirth => "date_of_birth",
            Self::Address => "address",
            Self::Person => "person",
            Self::PostalCode => "postal_code",
            Self::Age => "age",
            Self::Group => "group",
            Self::Organization => "organization",
            Self::Place => "place",
            Self::Title => "title",
            Self::Date => "date",
            Self::Url => "url",
        }
    }

    /// The kind of a code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether one value alone points at one person. The others say something about a person
    /// only beside a value that does.
    pub const fn is_direct(self) -> bool {
        (self as u8) <= (Self::Person as u8)
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kinds(u32);

impl Kinds {
    /// Every kind.
    pub const ALL: Self = Self(u32::MAX);
    /// None.
    pub const NONE: Self = Self(0);

    /// The kinds of which one value alone points at one person.
    pub fn direct() -> Self {
        Kind::ALL.into_iter().filter(|kind| kind.is_direct()).fold(Self::NONE, Self::with)
    }

    /// Numbers and addresses with a form of their own: what is never the name of a good.
    pub fn formal() -> Self {
        Self::direct().without(Kind::Person).without(Kind::Address)
    }

    /// This set and one kind.
    #[must_use]
    pub const fn with(self, kind: Kind) -> Self {
        Self(self.0 | 1 << kind as u32)
    }

    /// This set less one kind.
    #[must_use]
    pub const fn without(self, kind: Kind) -> Self {
        Self(self.0 & !(1 << kind as u32))
    }

    /// Whether the kind is in the set.
    pub const fn has(self, kind: Kind) -> bool {
        self.0 & 1 << kind as u32 != 0
    }

    /// Whether any of the kinds is in the set.
    pub fn any(self, kinds: &[Kind]) -> bool {
        kinds.iter().any(|kind| self.has(*kind))
    }
}
