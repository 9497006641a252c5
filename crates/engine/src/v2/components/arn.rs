//! ARNs of components.

use crate::Session;

/// ARN of a component of the account, without a version.
pub(super) fn component(session: &Session, name: &str) -> String {
    let connection = &session.connection;
    format!(
        "arn:{}:greengrass:{}:{}:components:{name}",
        connection.partition, connection.region, connection.account
    )
}

/// ARN of a version of a component.
pub(super) fn version(component: &str, version: &str) -> String {
    format!("{component}:versions:{version}")
}
