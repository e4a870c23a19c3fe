//! A permit cannot be written down and used later.

use personal::permit::Permit;
use personal::purpose::Personalization;

fn writable<T: serde::Serialize>() {}

fn main() {
    writable::<Permit<Personalization>>();
}
