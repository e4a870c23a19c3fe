//! A sweep hands out no permit and its entry cannot be made up.

use domain::time::Timestamp;
use personal::purpose::SharedLearning;
use personal::sweep::Sweep;

fn main() {
    let mut sweep = Sweep::<SharedLearning>::begin("job", Timestamp::default());
    sweep.entry.read = 0;
    let _permit = sweep.permit();
}
