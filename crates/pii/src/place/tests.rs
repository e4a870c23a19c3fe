//! Places, organizations, groups.

use crate::kind::Kind;
use crate::scan::tests::finds;

#[test]
fn places_are_found() {
    finds("We moved here from New Zealand", Kind::Place, "New Zealand");
    finds("a shop in Helsinki", Kind::Place, "Helsinki");
    finds("in Czech Republic they", Kind::Place, "Czech Republic");
}

#[test]
fn organizations_and_groups_are_found() {
    finds("I work for Pixia Corp.", Kind::Organization, "Pixia Corp.");
    finds("he is at Baker, Reed and Moss now", Kind::Organization, "Baker, Reed and Moss");
    finds("the Polish film", Kind::Group, "Polish");
}
