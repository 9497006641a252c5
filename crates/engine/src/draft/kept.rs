//! A draft as the store keeps it, of whichever generation: one row a scope with its body as JSON, and the selection beside
//! it, which the inventory writes.

use roaring::RoaringBitmap;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Error, ErrorCode, Problem, Session, StoreError,
    inventory::{Shape, stored},
    store::over_defaults,
};

/// What drafts of both generations have in common for the store.
pub(crate) trait Kept:
    Clone + Default + Serialize + DeserializeOwned + Send + 'static
{
    /// The column of the body, as errors name it.
    const BODY: &'static str;

    /// What its targets are to the inventory, whose table of drafts it stands in.
    fn shape() -> &'static Shape;

    /// The id that its plan will have; empty where only a selection was made yet.
    fn plan(&self) -> &str;

    /// The very first draft of a scope, but for its plan's id.
    fn first(sandbox: bool) -> Self;

    /// What the next draft takes over from this one, but for its plan's id and its run.
    fn next(&self) -> Self;

    /// Gives it the id of its plan.
    fn set_plan(&mut self, plan: String);

    /// Says how many targets are selected.
    fn set_selected(&mut self, selected: u32);

    /// Says which run was started from the one before.
    fn set_run(&mut self, run: Option<String>);

    /// Takes out what hangs on the selection that was given up.
    fn given_up(tx: &Transaction<'_>, scope: i64) -> Result<(), Error>;
}

/// The draft of the connection, made if there is none.
pub(crate) async fn get<D: Kept>(session: &Session) -> Result<D, Error> {
    change(session, |_: &mut D| Ok(false)).await
}

/// The draft of the connection after a change; `f` tells whether there was any.
pub(crate) async fn change<D: Kept>(
    session: &Session,
    f: impl FnOnce(&mut D) -> Result<bool, Error> + Send + 'static,
) -> Result<D, Error> {
    let (scope, sandbox) = (session.scope, session.connection.sandbox.is_some());
    session
        .store()
        .write(move |tx| {
            let mut draft = load_or_make(tx, scope, sandbox)?;
            if f(&mut draft)? {
                save(tx, scope, &draft)?;
            }
            Ok(draft)
        })
        .await
}

/// Begins a new draft: nothing selected, and a new plan id.
pub(crate) async fn reset<D: Kept>(session: &Session) -> Result<D, Error> {
    let (scope, sandbox) = (session.scope, session.connection.sandbox.is_some());
    session
        .store()
        .write(move |tx| {
            let old: D = load_or_make(tx, scope, sandbox)?;
            begin_next(tx, scope, &old, None)
        })
        .await
}

/// Reads the draft; `None` where the scope has none yet. Its plan is empty where only a selection was made.
pub(crate) fn load<D: Kept>(connection: &Connection, scope: i64) -> Result<Option<D>, Error> {
    let body: Option<String> = connection
        .prepare_cached(&format!(
            "SELECT body FROM {} WHERE scope = ?1",
            D::shape().draft
        ))?
        .query_row([scope], |row| row.get(0))
        .optional()?;
    let Some(body) = body else {
        return Ok(None);
    };
    let mut draft: D = over_defaults(&body).map_err(|source| StoreError::Json {
        what: D::BODY,
        source,
    })?;
    let (selection, _) = stored::selections(connection, D::shape(), scope)?;
    draft.set_selected(u32::try_from(selection.len()).unwrap_or(u32::MAX));
    Ok(Some(draft))
}

/// The draft, made in this transaction if there is none.
pub(crate) fn load_or_make<D: Kept>(
    tx: &Transaction<'_>,
    scope: i64,
    sandbox: bool,
) -> Result<D, Error> {
    let selected = match load::<D>(tx, scope)? {
        Some(draft) if !draft.plan().is_empty() => return Ok(draft),
        found => found.is_some(),
    };
    let mut draft = D::first(sandbox);
    draft.set_plan(uuid::Uuid::new_v4().to_string());
    save(tx, scope, &draft)?;
    if selected {
        let (selection, _) = stored::selections(tx, D::shape(), scope)?;
        draft.set_selected(u32::try_from(selection.len()).unwrap_or(u32::MAX));
    }
    Ok(draft)
}

/// Writes the draft; its selection has its own column and stays.
pub(crate) fn save<D: Kept>(tx: &Transaction<'_>, scope: i64, draft: &D) -> Result<(), Error> {
    let body = serde_json::to_string(draft).map_err(|source| StoreError::Json {
        what: D::BODY,
        source,
    })?;
    tx.execute(
        &format!(
            "INSERT INTO {} (scope, body) VALUES (?1, ?2)
             ON CONFLICT (scope) DO UPDATE SET body = excluded.body",
            D::shape().draft
        ),
        params![scope, body],
    )?;
    Ok(())
}

/// Puts an empty draft in the place of `old`, which became `run` or was given up. The selection can be taken back by
/// undo.
pub(crate) fn begin_next<D: Kept>(
    tx: &Transaction<'_>,
    scope: i64,
    old: &D,
    run: Option<String>,
) -> Result<D, Error> {
    let mut draft = old.next();
    draft.set_plan(uuid::Uuid::new_v4().to_string());
    draft.set_run(run);
    save(tx, scope, &draft)?;
    tx.execute(
        &format!(
            "UPDATE {} SET previous_selection = selection, selection = NULL WHERE scope = ?1",
            D::shape().draft
        ),
        [scope],
    )?;
    D::given_up(tx, scope)?;
    Ok(draft)
}

/// Selects what a new draft was made from; what was selected before that stays for undo.
pub(crate) fn select<D: Kept>(
    tx: &Transaction<'_>,
    scope: i64,
    draft: &mut D,
    selection: &RoaringBitmap,
) -> Result<(), Error> {
    let (_, before) = stored::selections(tx, D::shape(), scope)?;
    stored::write_selections(tx, D::shape(), scope, selection, before.as_ref())?;
    draft.set_selected(u32::try_from(selection.len()).unwrap_or(u32::MAX));
    Ok(())
}

/// Reads a selection as the store keeps it.
pub(crate) fn bitmap(bytes: &[u8]) -> Result<RoaringBitmap, Error> {
    RoaringBitmap::deserialize_from(bytes).map_err(|source| {
        Problem::new(
            ErrorCode::StoreFailed,
            "The selection in the store cannot be read",
        )
        .detail(source)
        .hint("Select the targets again.")
        .into()
    })
}

/// Takes a text that was typed.
pub(crate) fn put_text(field: &mut String, text: Option<String>) {
    if let Some(text) = text {
        text.trim().clone_into(field);
    }
}

/// Takes the prefix of a key that was typed: without slashes around it.
pub(crate) fn put_prefix(field: &mut String, prefix: Option<String>) {
    if let Some(prefix) = prefix {
        prefix.trim().trim_matches('/').clone_into(field);
    }
}

/// Takes a value that was chosen.
pub(crate) fn put<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}
