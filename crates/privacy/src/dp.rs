//! Differential privacy for sums of integers.
//!
//! One path. A [`sensitivity::Sensitivity`] says how far one browser profile can move a sum, and
//! its type says what "one profile less" means. With a [`noise::Deviation`] it makes a
//! [`rho::Rho`], the cost of one release (Bun and Steinke 2016). An [`account::Account`] pays it
//! or refuses. Then, in a job and never while somebody waits for an answer, [`noise::gaussian`]
//! draws the noise (Canonne, Kamath and Steinke 2020). What was spent is told as an
//! [`rho::Epsilon`] at a stated [`rho::Delta`]. [`audit`] attacks the whole path from outside and
//! must not succeed.
//!
//! Everything that is stored or compared is an integer, and every rounding goes against us: costs
//! are rounded up, what may still be spent is rounded down.

pub mod account;
pub mod audit;
pub mod noise;
pub mod rho;
pub mod sensitivity;
