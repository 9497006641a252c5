//! The built program against a sandbox: what it prints, and how it ends.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod account;
mod after;
mod connection;
mod crash;
mod files;
mod help;
mod permissions;
mod places;
mod plans;
mod runs;
mod v2;
mod v2_plans;
mod v2_runs;
mod waves;
mod world;
