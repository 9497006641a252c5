//! Greengrass V2: the use cases that are not those of V1 as well.

pub mod components;
pub mod devices;
pub mod permissions;
pub mod plan;
pub mod review;
