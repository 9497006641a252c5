//! A local AWS for trying and testing: Greengrass V1, IAM, STS and S3 on loopback, speaking the real wire
//! protocols. It knows no other crate of this project.

pub mod clock;
pub mod cloud;
pub mod exchange;
pub mod greengrass;
pub mod iam;
pub mod settings;
pub mod xml;

pub use clock::{Clock, SteppedClock, SystemClock};
pub use settings::{Scenario, Settings};
