//! Greengrass V2: core devices, thing groups and components.

pub mod diff;
pub mod digest;
pub mod document;
pub mod effective;
pub mod finding;
pub mod gather;
pub mod intent;
pub mod job;
mod json;
pub mod kinds;
pub mod line;
pub mod pin;
pub mod plan;
pub mod recipe;
pub mod roles;
pub mod rows;
pub mod secret;
pub mod state_machine;
pub mod template;
