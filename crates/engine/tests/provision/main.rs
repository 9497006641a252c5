//! Permissions and review against a sandbox.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod blocked;
mod callers;
mod hand_over;
mod infrastructure;
mod packed;
mod packed_faults;
mod permissions;
mod publishing;
#[path = "../stage/reach.rs"]
mod reach;
mod review;
mod shared;
mod world;
