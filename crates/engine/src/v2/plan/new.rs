//! Plan files of V2 deployments that are made without a draft, of what the command line says.

use std::path::{Path, PathBuf};

use overseed_domain::{
    Millis,
    rollout::Generation,
    v2::gather::{ChangeTotal, FindingTotal},
};
use serde::Serialize;

use super::{
    compose::{self, Basis, Wanted},
    made::{make, nothing},
    met::Met,
    present,
    preview::compose_anew,
    targets,
};
use crate::{
    Error, ErrorCode, Session,
    inventory::{Filter, Here},
    job::Progress,
    plan::{FORMAT, PlanConnection, PlanHeader, PlanSettings},
};

/// Where the devices of a plan come from.
#[derive(Debug, Clone)]
pub enum DevicesFrom {
    /// All core devices of the inventory that match.
    Filter(Filter),
    /// Names or ARNs of things, one a line.
    List(PathBuf),
    /// The things of the rows.
    Rows,
}

/// What a plan came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DevicePlanMade {
    /// The plan's id.
    pub id: String,
    /// Devices that get a deployment.
    pub targets: u32,
    /// Different documents among them.
    pub documents: u32,
    /// Devices that are left out, since nothing changes for them.
    pub unchanged: u32,
    /// Rows whose things are not among the devices.
    pub unmatched_rows: u32,
    /// What changes, and for how many.
    pub changes: Vec<ChangeTotal>,
    /// What is worth knowing, and for how many.
    pub findings: Vec<FindingTotal>,
}

/// Makes a plan file. Present deployments that are not known, that were read before `since` or before the last run of this
/// app was started, are read first.
/// The settings' way is taken as it is.
///
/// # Errors
/// [`ErrorCode::NothingSelected`] where no device is left; [`ErrorCode::InvalidInput`] for what is wanted and cannot be,
/// unknown devices, and settings that cannot be; [`ErrorCode::FileInvalid`] where devices cannot be deployed as wanted;
/// those of reading; [`Error::File`], [`Error::Cancelled`].
#[allow(
    clippy::too_many_arguments,
    reason = "as for V1, with what only V2 has"
)]
pub async fn device_plan_new(
    session: &Session,
    from: DevicesFrom,
    wanted: Wanted,
    unchanged_too: bool,
    since: Option<Millis>,
    settings: impl FnOnce(u32) -> PlanSettings + Send + 'static,
    out: &Path,
    progress: &Progress,
) -> Result<(PlanHeader, DevicePlanMade), Error> {
    let index = targets::index(session).await?;
    let (scope, now) = (session.scope, session.clock().now());
    let (rows, of) = (wanted.rows.clone(), std::sync::Arc::clone(&index));
    let here = Here::of(session);
    let devices = session
        .store()
        .read(move |c| {
            let ordinals = match &from {
                DevicesFrom::Filter(filter) => targets::matching(c, scope, &of, filter, now)?,
                DevicesFrom::List(list) => {
                    let text = std::fs::read_to_string(list).map_err(Error::file(list))?;
                    all_here(&here, names_of(&text))?;
                    targets::named(c, scope, names_of(&text))?
                }
                DevicesFrom::Rows => {
                    let things = rows.iter().flat_map(|rows| rows.iter());
                    targets::named(c, scope, things.map(|row| row.thing()))?
                }
            };
            targets::of_ordinals(c, scope, &ordinals)
        })
        .await?;
    if devices.is_empty() {
        return Err(nothing("No core device matches"));
    }
    present::read(session, &devices, since.unwrap_or(Millis(0)), progress).await?;
    let name = wanted.name.clone();
    let header = move |session: &Session, targets: u32| PlanHeader {
        format: FORMAT,
        id: uuid::Uuid::new_v4().to_string(),
        generation: Generation::V2,
        name,
        connection: PlanConnection::of(session),
        settings: settings(targets),
        parent: None,
    };
    let basis = Basis {
        wanted,
        fixed: None,
    };
    let (session, out, progress) = (session.clone(), out.to_owned(), progress.clone());
    tokio::task::spawn_blocking(move || {
        session.store().read_now(|c| {
            match compose_anew(c, &session, &index, &basis, devices, &progress)? {
                Ok(composed) => make(
                    c,
                    &session,
                    &composed,
                    unchanged_too,
                    header,
                    &out,
                    &progress,
                ),
                Err(refused) => Err(compose::refused(&refused)),
            }
        })
    })
    .await?
}

/// Refuses ARNs of another account, Region or partition: a device of the same name here is another one.
fn all_here<'a>(here: &Here, names: impl Iterator<Item = &'a str>) -> Result<(), Error> {
    let mut elsewhere = Met::default();
    for name in names {
        if let Some(message) = here.elsewhere(name) {
            elsewhere.add(name, &message);
        }
    }
    elsewhere.refuse(
        ErrorCode::InvalidInput,
        "Some of these devices are in another account, Region or partition",
        "Take them off the list, or connect to where they are.",
    )
}

/// The names in a list: the first field of each line, without a title, blank lines and remarks.
fn names_of(text: &str) -> impl Iterator<Item = &str> {
    text.trim_start_matches('\u{feff}')
        .lines()
        .map(|line| line.split([',', ';', '\t']).next().unwrap_or_default())
        .map(|name| name.trim().trim_matches('"'))
        .filter(|name| {
            !name.is_empty() && !name.starts_with('#') && !name.eq_ignore_ascii_case("thingName")
        })
}
