//! The AWS SDKs: connection and credentials, one file for each group of operations, one error
//! classification. HTTP is the seam: nothing here is mocked, only the endpoint differs.

mod clients;
mod clock;
mod error;

pub use clients::{Clients, Page};
pub use clock::Clock;
pub use error::{Error, Kind};
