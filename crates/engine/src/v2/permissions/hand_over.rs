//! For an administrator: both roles as JSON, as a script of AWS CLI commands, as a CloudFormation template or as a
//! Terraform configuration; and the least rights of whoever uses the app.

use std::{io::Write as _, path::Path};

use overseed_domain::{
    permissions::Document,
    v2::roles::{AppEngine, AppRights, app_document_v2, engine_pass_role},
};

use super::{RolesNeeded, look_at_roles};
use crate::{
    Error, Session,
    input_file::Chosen,
    job::Progress,
    permissions::{Combined, HandOver, RoleKind, combined, needs::place},
};

/// What the draft needs, for an administrator to apply.
///
/// # Errors
/// See [`super::device_permissions_check`] and [`device_hand_over_for`].
pub async fn device_permissions_hand_over(
    session: &Session,
    form: HandOver,
    progress: &Progress,
) -> Result<String, Error> {
    let needs = RolesNeeded::of_draft(session, progress).await?;
    device_hand_over_for(session, &needs, form).await
}

/// What a plan needs, for an administrator to apply. It is whole, whatever is there already: applying it to roles that
/// suffice does no harm.
///
/// # Errors
/// [`crate::ErrorCode::PolicyTooLarge`]; a broken connection.
pub async fn device_hand_over_for(
    session: &Session,
    needs: &RolesNeeded,
    form: HandOver,
) -> Result<String, Error> {
    let roles = look_at_roles(session, needs).await?;
    let place = place(session);
    let arn = |kind: RoleKind| {
        let mut of = roles.iter().filter(|role| role.needs.kind() == kind);
        of.next().map(|role| role.permissions.role_arn.as_str())
    };
    let engine = needs.engine.as_ref().zip(arn(RoleKind::Engine));
    let app = app_document_v2(&AppRights {
        place: &place,
        device_role: arn(RoleKind::Device).unwrap_or_default(),
        engine: engine.map(|(engine, role)| AppEngine {
            role,
            bucket: &engine.bucket,
            objects: &engine.objects,
        }),
        artifacts: &needs.device.artifact_buckets(),
    });
    let with = Combined {
        pass_role: engine.map(|(_, role)| Document::new(vec![engine_pass_role(role)])),
        app,
    };
    combined(session, &roles, &with, form)
}

/// Writes what the draft needs, in a form for an administrator, to a place that the user chose.
///
/// # Errors
/// See [`device_permissions_hand_over`]; [`Error::File`].
pub async fn device_permissions_save(
    session: &Session,
    form: HandOver,
    to: &Path,
    progress: &Progress,
) -> Result<(), Error> {
    let text = device_permissions_hand_over(session, form, progress).await?;
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
