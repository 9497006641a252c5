//! Where groups and core devices differ, as far as listing, filter, selection and import have to know.

use rusqlite::Transaction;

use super::Meaning;
use crate::Error;

/// One kind of target in the store.
#[derive(Debug)]
pub(crate) struct Shape {
    /// What people call one, such as `group`.
    pub one: &'static str,
    /// And several.
    pub many: &'static str,
    /// The table with one row a target: `ordinal`, `scope`, `listing`, `deployable`, and the columns below.
    pub table: &'static str,
    /// The table with one row a scope about the listing.
    pub listing: &'static str,
    /// The table with one row a scope that has the selection.
    pub draft: &'static str,
    /// The column that is unique within a scope.
    pub key: &'static str,
    /// Columns of text that are filtered and sorted by.
    pub texts: &'static [Text],
    /// Columns of time that are filtered and sorted by.
    pub times: &'static [Stamp],
    /// Which of `texts` people call it by.
    pub name: usize,
    /// Which of `texts` is `key`.
    pub id: usize,
    /// Which of `texts` free text looks at.
    pub free: &'static [usize],
    /// The numbers of `deployable` that a word of a filter stands for.
    pub deployable: &'static [(&'static str, &'static [u8])],
    /// The form of a key that the store has, of one that someone wrote.
    pub normal: fn(&str) -> &str,
    /// What a column's title or a field's key in an import means.
    pub meaning: fn(&str) -> Option<Meaning>,
    /// Makes the row of `draft` if there is none; told whether this is a sandbox.
    pub make_draft: fn(&Transaction<'_>, i64, bool) -> Result<(), Error>,
    /// Tells the draft that its targets are others now.
    pub changed: fn(&Transaction<'_>, i64) -> Result<(), Error>,
    /// Forgets what hangs on a row, by ordinal and key, before the row itself goes.
    pub forget: fn(&Transaction<'_>, i64, u32, &str) -> Result<(), Error>,
    /// Chooses versions that an import names, by ordinal; absent where targets have none of their own.
    pub choose: Option<Choose>,
}

/// Writes versions by ordinal.
pub(crate) type Choose = fn(&Transaction<'_>, i64, &[(u32, String)]) -> Result<(), Error>;

/// A column of text.
#[derive(Debug)]
pub(crate) struct Text {
    /// Its name in the table.
    pub column: &'static str,
    /// Its name in a filter.
    pub property: &'static str,
    /// Whether it holds several texts, each between line feeds.
    pub several: bool,
}

/// A column of time.
#[derive(Debug)]
pub(crate) struct Stamp {
    /// Its name in the table.
    pub column: &'static str,
    /// Its name in a filter.
    pub property: &'static str,
}

impl Text {
    /// A column that holds one text.
    pub(crate) const fn one(column: &'static str, property: &'static str) -> Self {
        Self {
            column,
            property,
            several: false,
        }
    }
}

impl Shape {
    /// The properties that a filter may name, in a sentence.
    pub(crate) fn properties(&self) -> String {
        let texts = self.texts.iter().map(|text| text.property);
        let times = self.times.iter().map(|time| time.property);
        let mut all: Vec<&str> = texts.chain(times).collect();
        all.push("deployable");
        format!("{} and selected", all.join(", "))
    }

    /// The plural at the beginning of a sentence.
    pub(crate) fn title(&self) -> String {
        let mut letters = self.many.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect())
            .unwrap_or_default()
    }
}
