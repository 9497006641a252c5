//! The groups that a role has to be allowed to deploy.

use crate::group::bare_id;

/// So many ids of a plan are kept for looking at permissions one by one.
pub const GROUPS_KEPT: usize = 20_000;

/// The groups of a plan: all ids of small plans, the first [`GROUPS_KEPT`] of others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Groups {
    count: u32,
    ids: Vec<String>,
}

impl Groups {
    /// Takes one more group; account prefixes are no part of a group's ARN.
    pub fn push(&mut self, id: &str) {
        self.count = self.count.saturating_add(1);
        if self.ids.len() < GROUPS_KEPT {
            self.ids.push(bare_id(id).to_owned());
        }
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// The ids that are kept.
    #[must_use]
    pub fn ids(&self) -> &[String] {
        &self.ids
    }

    /// Whether all ids are kept.
    #[must_use]
    pub fn complete(&self) -> bool {
        usize::try_from(self.count).is_ok_and(|count| count == self.ids.len())
    }
}

impl<T: AsRef<str>> FromIterator<T> for Groups {
    fn from_iter<I: IntoIterator<Item = T>>(ids: I) -> Self {
        let mut groups = Self::default();
        for id in ids {
            groups.push(id.as_ref());
        }
        groups
    }
}
