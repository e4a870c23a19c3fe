use std::sync::Arc;

use domain::catalog::Item;
use domain::id::ItemId;
use recommend::model::Model;
use recommend::settings::Settings;

use super::Catalog;

#[test]
fn numbers_and_ids_find_the_same_entry_until_it_is_taken_out() {
    let mut model = Model::new(Settings::default()).unwrap();
    let mut catalog = Catalog::default();
    let id = |name: &str| ItemId::parse(name).unwrap();
    let mut put = |catalog: &mut Catalog, name: &str, title: &str| {
        let item = Item::new(id(name), title.to_owned());
        let number = model.declare(&item);
        catalog.put(number, Arc::new(item));
        number
    };
    let [a, b] = [put(&mut catalog, "a", "A"), put(&mut catalog, "b", "B")];
    assert_eq!(catalog.at(b).unwrap().title, "B");
    assert_eq!(put(&mut catalog, "a", "A new"), a);
    assert_eq!((catalog.len(), catalog.at(a).unwrap().title.as_str()), (2, "A new"));
    assert!(Arc::ptr_eq(catalog.at(a).unwrap(), catalog.get(&id("a")).unwrap()));
    catalog.take(a);
    assert!(catalog.at(a).is_none() && catalog.get(&id("a")).is_none());
    assert!(catalog.at(b).is_some());
    catalog.clear();
    assert!(catalog.at(b).is_none() && catalog.is_empty());
}
