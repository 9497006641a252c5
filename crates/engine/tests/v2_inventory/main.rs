//! Core devices, thing groups and components, against a sandbox.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod components;
mod device_trouble;
mod devices;
#[path = "../clock/hurried.rs"]
mod hurried;
#[path = "../stage/reach.rs"]
mod reach;
mod secrets;
#[path = "../inventory/world.rs"]
#[allow(dead_code, reason = "the world of groups has more than this needs")]
mod world;
