//! What crosses crates, in one binary.
#![cfg(test)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod arrows;
mod bad_input;
mod bindings;
#[cfg(target_os = "linux")]
mod e2e;
