//! The AWS SDKs: connection and credentials, one file for each group of operations, one error
//! classification. HTTP is the seam: nothing here is mocked, only the endpoint differs.

mod buckets;
mod bulk;
mod checksum;
mod classify;
mod clients;
mod clock;
mod connect;
mod error;
mod greengrass;
mod http;
mod iam;
mod moving;
mod objects;
mod pages;
mod percent;
mod policies;
mod profiles;
mod region;
mod role_policies;
mod settings;
mod sts;
mod timestamp;
mod transport;
mod upload;
pub mod v2;

pub use buckets::Encryption;
pub use bulk::{
    BulkDeployment, BulkDeploymentReport, DetailedReport, ErrorDetail, StartBulkDeployment, Started,
};
pub use checksum::Checksum;
pub use clients::{Clients, Page};
pub use clock::Clock;
pub use connect::{Connected, Spec, connect};
pub use error::{Error, Kind};
pub use iam::{RoleDetail, Simulated};
pub use moving::Whereabouts;
pub use objects::ObjectHead;
pub use pages::{Pages, cancellable, pages};
pub use policies::{ManagedPolicy, PolicyVersion};
pub use profiles::{ProfileEntry, ProfileSource, profiles};
pub use region::{REGIONS, is_region};
pub use role_policies::RolePolicy;
pub use sts::Identity;
pub use upload::{Digested, JSON_LINES, Put, digest_file};
