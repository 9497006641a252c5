//! Greengrass V2: core devices, thing groups and components.

pub mod state_machine;
