//! Runs against the sandbox: started, watched, stopped, killed and resumed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod crash;
mod faults;
mod happy;
mod recordings;
mod stops;
mod world;
