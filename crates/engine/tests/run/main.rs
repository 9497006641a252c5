//! Runs against the sandbox: started, watched, stopped, killed and resumed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod before;
mod blind;
#[path = "../stage/children.rs"]
mod children;
mod compare;
mod crash;
mod elsewhere;
mod fault_matrix;
mod faults;
mod foreign;
mod happy;
#[path = "../clock/hurried.rs"]
mod hurried;
mod kills;
mod left_out;
mod polling;
mod prune;
#[path = "../stage/reach.rs"]
mod reach;
mod recordings;
mod refused_start;
mod report;
mod retry;
mod settling;
#[path = "../stage/world.rs"]
mod stage;
mod stops;
mod wave_files;
mod waves;
mod whole;
mod world;
