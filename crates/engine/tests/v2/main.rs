//! Runs of Greengrass V2 against the sandbox: started, watched, stopped, killed and resumed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod again;
#[path = "../stage/children.rs"]
mod children;
mod clean_up;
mod direct;
mod faults;
mod groups;
#[path = "../clock/hurried.rs"]
mod hurried;
mod kills;
mod machines;
mod overtaken;
#[path = "../stage/reach.rs"]
mod reach;
mod read_again;
mod read_only;
#[path = "../stage/world.rs"]
mod stage;
mod stops;
mod taken_over;
mod world;
