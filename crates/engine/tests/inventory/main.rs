//! Groups, selection, import and versions, against a sandbox.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod groups;
#[path = "../clock/hurried.rs"]
mod hurried;
mod import;
#[path = "../stage/reach.rs"]
mod reach;
mod trouble;
mod versions;
mod world;
