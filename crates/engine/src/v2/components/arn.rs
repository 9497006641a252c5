//! ARNs of components.

use crate::Session;

/// ARN of a component of the account, without a version.
pub(crate) fn component(session: &Session, name: &str) -> String {
    let connection = &session.connection;
    format!(
        "arn:{}:greengrass:{}:{}:components:{name}",
        connection.partition, connection.region, connection.account
    )
}

/// ARN of a component that AWS offers to all, without a version.
pub(crate) fn public(session: &Session, name: &str) -> String {
    let connection = &session.connection;
    format!(
        "arn:{}:greengrass:{}:aws:components:{name}",
        connection.partition, connection.region
    )
}

/// ARN of a version of a component.
pub(crate) fn version(component: &str, version: &str) -> String {
    format!("{component}:versions:{version}")
}
