//! GPP strings and the signals beside them: no input panics, and what is read is written again.
#![no_main]

use consent::bits::Pad;
use consent::consent_mode::{Command, ConsentMode};
use consent::gpc::Support;
use consent::gpp::Gpp;
use consent::gpp::layout::LAYOUTS;
use consent::gpp::us::UsSection;
use consent::shopify::Shopify;
use consent::signals::combine::{Statement, combine};
use consent::tcf::denied::Denied;
use consent::us_privacy::UsPrivacy;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mode = ConsentMode::read(data, Some("US-CA"));
    if let Ok(mode) = mode {
        let again = ConsentMode::read(mode.command(Command::Update).as_bytes(), None).unwrap();
        assert!(again.iter().all(|(kind, state)| mode.state(kind) == state));
    }
    let shopify = Shopify::read(data);
    if let Ok(said) = shopify {
        assert_eq!(Shopify::read(said.tracking_consent().as_bytes()), Ok(said));
    }
    if let Ok(support) = Support::read(data) {
        assert_eq!(Support::read(support.body().as_bytes()), Ok(support));
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    let us_privacy = UsPrivacy::decode(text);
    if let Ok(string) = us_privacy {
        assert_eq!(UsPrivacy::decode(&string.encode()), Ok(string));
    }
    for layout in &LAYOUTS {
        if let Ok(section) = UsSection::decode(layout.id, text) {
            assert_eq!(UsSection::decode(layout.id, &section.encode(Pad::Byte)), Ok(section));
        }
    }
    let gpp = Gpp::decode(text);
    if let Ok(gpp) = &gpp {
        for pad in [Pad::Sextet, Pad::Byte, Pad::Group, Pad::Equals] {
            assert_eq!(Gpp::decode(&gpp.encode_with(pad).unwrap()).as_ref(), Ok(gpp));
        }
    }
    combine([
        Statement::gpp(gpp.as_ref().map_err(|error| *error), |_| Denied::default()),
        Statement::us_privacy(us_privacy),
        Statement::consent_mode(mode),
        Statement::shopify(shopify),
    ]);
});
