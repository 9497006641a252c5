//! What is handed over, as a file.

use std::{io::Write as _, path::Path};

use super::{hand_over::permissions_hand_over, wire::HandOver};
use crate::{Error, Session, input_file::Chosen};

/// Writes what the draft needs, in a form for an administrator, to a place that the user chose.
///
/// # Errors
/// See [`permissions_hand_over`]; [`Error::File`].
pub async fn permissions_save(session: &Session, form: HandOver, to: &Path) -> Result<(), Error> {
    let text = permissions_hand_over(session, form).await?;
    let to = to.to_owned();
    tokio::task::spawn_blocking(move || {
        let chosen = Chosen::at(&to)?;
        let mut file = chosen.create()?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(Error::file(&to))?;
        chosen.put()
    })
    .await?
}
