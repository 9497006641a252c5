//! The clients of one connection.

/// The SDK's clients for one connection: same credentials, Region, endpoint, time and retries.
#[derive(Debug, Clone)]
pub struct Clients {
    pub(crate) greengrass: aws_sdk_greengrass::Client,
    pub(crate) iam: aws_sdk_iam::Client,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) sts: aws_sdk_sts::Client,
    pub(crate) v2: std::sync::Arc<crate::v2::Lazy>,
}

impl Clients {
    /// The Region of the calls.
    #[must_use]
    pub fn region(&self) -> &str {
        self.s3
            .config()
            .region()
            .map_or("", |region| region.as_ref())
    }
}

/// One page of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What the page holds.
    pub items: Vec<T>,
    /// Asks for the next page; absent on the last.
    pub next: Option<String>,
}
