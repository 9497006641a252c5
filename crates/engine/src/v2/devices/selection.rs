//! Changes of the selection of devices, by hand or by a list.

use std::path::PathBuf;

use super::{CORE_DEVICES, DeviceSelectionChange};
use crate::{
    Error, Session,
    inventory::{self, ImportReport, Selection, Step},
    job::Progress,
};

/// Changes the selection. Devices that are gone, and names that the inventory does not have, are left out and counted.
///
/// # Errors
/// [`ErrorCode::InvalidInput`](crate::ErrorCode::InvalidInput) for a filter that cannot be read; those of the store.
pub async fn devices_select(
    session: &Session,
    change: DeviceSelectionChange,
) -> Result<Selection, Error> {
    let step = match change {
        DeviceSelectionChange::Devices { names, selected } => Step::Keys(names, selected),
        DeviceSelectionChange::Matching { filter, selected } => {
            Step::matching(session, &session.devices, &filter, selected).await?
        }
        DeviceSelectionChange::Clear => Step::Clear,
        DeviceSelectionChange::Undo => Step::Undo,
    };
    inventory::select(session, &CORE_DEVICES, step).await
}

/// Adds the devices that a text names to the selection: one thing name (or ARN) a line, CSV with a column such as
/// `thingName`, or JSON lines with such a field. Other columns are no concern of this. Nothing is deselected.
///
/// # Errors
/// [`Error::Cancelled`], with the selection as it was; those of the store.
pub async fn devices_import_text(
    session: &Session,
    text: String,
    progress: &Progress,
) -> Result<ImportReport, Error> {
    inventory::import_text(session, &session.devices, text, progress).await
}

/// The same from a file.
///
/// # Errors
/// [`ErrorCode::FileUnreadable`](crate::ErrorCode::FileUnreadable);
/// [`ErrorCode::FileInvalid`](crate::ErrorCode::FileInvalid) beyond 256 MB; as [`devices_import_text`].
pub async fn devices_import_file(
    session: &Session,
    path: PathBuf,
    progress: &Progress,
) -> Result<ImportReport, Error> {
    inventory::import_file(session, &session.devices, path, progress).await
}
