//! Whether what someone calls by its ARN is in the account and the Region of the connection.

use overseed_domain::{Partition, arn::Arn};

use crate::Session;

/// The account and the Region that are listed.
#[derive(Debug, Clone)]
pub(crate) struct Here {
    partition: Partition,
    region: String,
    account: String,
}

impl Here {
    pub(crate) fn of(session: &Session) -> Self {
        let connection = &session.connection;
        Self {
            partition: connection.partition,
            region: connection.region.clone(),
            account: connection.account.clone(),
        }
    }

    /// Says of an ARN that it is elsewhere; a target of the same name here is another one. `None` for names and ids.
    pub(crate) fn elsewhere(&self, text: &str) -> Option<String> {
        let arn = Arn::parse(text.trim()).ok()?;
        let (partition, region, account) = (self.partition.as_str(), &self.region, &self.account);
        if (arn.partition, arn.region, arn.account)
            == (partition, region.as_str(), account.as_str())
        {
            return None;
        }
        let of = |partition: &str, region: &str, account: &str| {
            format!("account {account}, {region} (partition {partition})")
        };
        Some(format!(
            "It belongs to {}; the connection is to {}.",
            of(arn.partition, arn.region, arn.account),
            of(partition, region, account)
        ))
    }
}
