//! Changes of the selection, by hand or by a list.

use std::path::PathBuf;

use super::{GROUPS, Selection, SelectionChange};
use crate::{
    Error, Session,
    inventory::{self, ImportReport, Step},
    job::Progress,
};

/// Changes the selection. Groups that cannot be deployed, and ids that the inventory does not have, are left out
/// and counted.
///
/// # Errors
/// [`ErrorCode::InvalidInput`](crate::ErrorCode::InvalidInput) for a filter that cannot be read; those of the store.
pub async fn groups_select(session: &Session, change: SelectionChange) -> Result<Selection, Error> {
    let step = match change {
        SelectionChange::Groups { ids, selected } => Step::Keys(ids, selected),
        SelectionChange::Matching { filter, selected } => {
            Step::matching(session, &session.index, &filter, selected).await?
        }
        SelectionChange::Clear => Step::Clear,
        SelectionChange::Undo => Step::Undo,
    };
    inventory::select(session, &GROUPS, step).await
}

/// Adds the groups that a text names to the selection: one id or name a line, CSV (columns id, name, version), or
/// JSON lines of an input file. Nothing is deselected. A version that the list names is chosen for its group.
///
/// # Errors
/// [`Error::Cancelled`], with the selection as it was; those of the store.
pub async fn groups_import_text(
    session: &Session,
    text: String,
    progress: &Progress,
) -> Result<ImportReport, Error> {
    inventory::import_text(session, &session.index, text, progress).await
}

/// The same from a file.
///
/// # Errors
/// [`ErrorCode::FileUnreadable`](crate::ErrorCode::FileUnreadable);
/// [`ErrorCode::FileInvalid`](crate::ErrorCode::FileInvalid) beyond 256 MB; as [`groups_import_text`].
pub async fn groups_import_file(
    session: &Session,
    path: PathBuf,
    progress: &Progress,
) -> Result<ImportReport, Error> {
    inventory::import_file(session, &session.index, path, progress).await
}
