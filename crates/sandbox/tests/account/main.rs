//! The sandbox's account seen through the real SDK clients.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod clients;
mod fault;
mod iam;
mod policies;
mod process;
mod program;
mod restart;
mod s3;
mod signatures;
