//! Input files and buckets against the sandbox.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod bucket;
mod kept;
mod made;
mod opened;
#[path = "../stage/reach.rs"]
mod reach;
mod sent;
mod world;
