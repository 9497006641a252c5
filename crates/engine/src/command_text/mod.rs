//! Each step as AWS CLI commands: to read, to copy, to do the same without Overseed.

mod devices;
mod shell;
mod steps;
mod v2;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{Error, Session, run::Told};
use shell::Aws;
pub(crate) use shell::{heading_line, option, quoted};

/// The steps that can be copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CommandStep {
    /// List the groups.
    Groups,
    /// Read versions.
    Versions,
    /// Check the bucket and send the input file.
    File,
    /// Look at the execution role, and make the changes that are proposed now.
    Permissions,
    /// The checks before the start, and the start.
    Review,
    /// Status, reports, stop.
    Watch,
    /// V2: list core devices and thing groups.
    Devices,
    /// V2: the components that are wanted, and publishing one.
    Components,
    /// V2: what the selected devices have now.
    Changes,
    /// V2: how one device is deployed to in the chosen way.
    Rollout,
    /// V2: both roles, as an administrator would make them.
    DevicePermissions,
    /// V2: the start of the draft's plan.
    DeviceReview,
}

/// A step as commands of the AWS CLI for a POSIX shell. `run` names a run whose start or watch is meant; without it the
/// draft is.
///
/// # Errors
/// [`crate::ErrorCode::InvalidInput`] where bucket or role are not chosen yet, [`crate::ErrorCode::NothingSelected`] without an input
/// file and without devices, [`crate::ErrorCode::NotFound`] without a run or before its bulk deployment is known;
/// [`crate::ErrorCode::PreflightFailed`] where present deployments have to be read first; those of the store.
pub async fn command_text(
    session: &Session,
    step: CommandStep,
    run: Option<&str>,
) -> Result<String, Error> {
    let aws = Aws::of(session);
    let commands = match step {
        CommandStep::Groups => steps::groups(&aws),
        CommandStep::Versions => steps::versions(session, &aws).await?,
        CommandStep::File => steps::file(session, &aws).await?,
        CommandStep::Permissions => steps::permissions(session, &aws).await?,
        CommandStep::Review => steps::review(session, &aws, run).await?,
        CommandStep::Watch => steps::watch(session, &aws, run).await?,
        CommandStep::Devices => devices::devices(session, &aws).await?,
        CommandStep::Components => devices::components(session, &aws).await?,
        CommandStep::Changes => devices::changes(session, &aws).await?,
        CommandStep::Rollout => devices::plan(session, &aws, Told::One).await?,
        CommandStep::DevicePermissions => devices::permissions(session).await?,
        CommandStep::DeviceReview => devices::plan(session, &aws, Told::All).await?,
    };
    Ok(format!("{}{commands}", aws.heading()))
}
