//! Cookies of other consent tools: no input panics, limits hold, and a default is never a yes.
#![no_main]

use consent::cookies::{CATEGORIES_MAX, CATEGORY_BYTES_MAX, Tool, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let offered = ["analytics".to_owned()];
    for tool in Tool::ALL {
        let Ok(said) = read(tool, text, &offered) else { continue };
        assert!(said.categories.len() <= CATEGORIES_MAX);
        assert!(said.categories.keys().all(|name| name.len() <= CATEGORY_BYTES_MAX));
        assert!(said.clicked || said.categories.values().all(|yes| !yes));
    }
});
