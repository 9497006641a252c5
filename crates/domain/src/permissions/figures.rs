//! Figures in sentences for people.

pub use crate::figures::grouped;
