//! What crosses crates.
#![cfg(test)]
