//! A local AWS for trying and testing: Greengrass V1 and V2, IoT, Step Functions, Secrets Manager, IAM, STS and S3
//! on loopback, speaking the real wire protocols. It knows no other crate of this project.

mod account;
mod authority;
pub mod clock;
pub mod cloud;
pub mod exchange;
mod files;
mod front;
pub mod greengrass;
pub mod greengrassv2;
mod iam;
mod iot;
pub mod process;
mod s3;
mod sandbox;
mod secretsmanager;
pub mod settings;
mod states;
mod sts;
mod world;
mod xml;

pub use clock::{Clock, SteppedClock, SystemClock};
pub use front::faults::{Fault, FaultKind, Faults};
pub use sandbox::{Keys, Sandbox, StartError};
pub use settings::{Scenario, Settings};
