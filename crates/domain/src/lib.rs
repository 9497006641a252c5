//! Pure types and rules: no I/O, no clock, no async.
//!
//! A fact about AWS that a rule rests on names its source in the item's documentation:
//! *service model* (the SDK's model of AWS IoT Greengrass V1, 2017-06-07), *guide* (AWS IoT Greengrass
//! V1 Developer Guide) or *limits* (the service's quota pages). Those of Greengrass V2 are named in [`v2`].

pub mod arn;
pub mod cause;
pub mod figures;
pub mod group;
pub mod input_file;
pub mod permissions;
pub mod rollout;
pub mod time;
pub mod v2;
pub mod waves;

pub use arn::{Arn, Partition};
pub use time::Millis;
