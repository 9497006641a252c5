//! The use cases: connect, inventory, plan, provision, run, watch, diagnose; and the store.
//!
//! Two faces, the window and the command line, call the same functions on the same store. Nothing that
//! decides anything lives in either.

pub mod buckets;
pub mod changes;
pub mod command_text;
pub mod connect;
pub mod connection;
pub mod diagnostics;
pub mod draft;
mod error;
pub mod folder;
pub mod generation;
pub mod groups;
pub mod input_file;
mod inventory;
pub mod job;
pub mod permissions;
pub mod plan;
pub mod review;
pub mod run;
mod session;
pub mod settings;
pub mod store;
pub mod v2;
pub mod versions;
pub mod waves;

pub use error::{Error, ErrorCode, Problem, StoreError};
pub use overseed_aws::Clock;
pub use session::{Engine, Session, data_dir};
