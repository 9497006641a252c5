//! Planning V2 deployments against the sandbox: what devices have is read, what is wanted is put over it, and the plan's
//! run stands in the store.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod cancelled;
mod commands;
mod drafts;
#[path = "../clock/hurried.rs"]
mod hurried;
mod kept;
mod packed_roles;
mod plans;
mod present;
#[path = "../stage/reach.rs"]
mod reach;
mod recorded;
mod reviews;
mod roles;
mod through;
mod world;
