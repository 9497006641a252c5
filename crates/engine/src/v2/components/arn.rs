//! ARNs of components.

use crate::Session;

/// ARN of a component of the account, without a version.
pub(in crate::v2) fn component(session: &Session, name: &str) -> String {
    let connection = &session.connection;
    format!(
        "arn:{}:greengrass:{}:{}:components:{name}",
        connection.partition, connection.region, connection.account
    )
}

/// ARN of a component that AWS offers to all, without a version.
pub(in crate::v2) fn public(session: &Session, name: &str) -> String {
    let connection = &session.connection;
    format!(
        "arn:{}:greengrass:{}:aws:components:{name}",
        connection.partition, connection.region
    )
}

/// ARN of a version of a component.
pub(in crate::v2) fn version(component: &str, version: &str) -> String {
    format!("{component}:versions:{version}")
}
