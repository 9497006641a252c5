//! Checks: everything that is found, not just the first fault.

mod artifacts;
mod beside;
mod dependencies;
mod fields;
mod lifecycle;
mod merge;
mod scripts;
mod together;

use super::{NeededSecret, Recipe, RecipeFinding, RecipeFindingCode, Severity};

pub use beside::{Present, check_present};
pub use merge::check_merge;
pub use together::check_together;

/// Checks one recipe by itself: errors first, then by line.
#[must_use]
pub fn check(recipe: &Recipe) -> Vec<RecipeFinding> {
    let mut sink = Sink::new(recipe);
    fields::check(recipe, &mut sink);
    artifacts::check(recipe, &mut sink);
    lifecycle::check(recipe, &mut sink);
    scripts::check(recipe, &mut sink);
    dependencies::check(recipe, &mut sink);
    beside::check(recipe, &mut sink);
    sink.sorted()
}

/// Findings of one recipe as they are gathered.
struct Sink<'a> {
    recipe: &'a Recipe,
    found: Vec<RecipeFinding>,
}

impl<'a> Sink<'a> {
    const fn new(recipe: &'a Recipe) -> Self {
        Self {
            recipe,
            found: Vec::new(),
        }
    }

    fn error(&mut self, code: RecipeFindingCode, path: &str, message: String, remedy: &str) {
        self.push(code, Severity::Error, path, message, remedy);
    }

    fn warning(&mut self, code: RecipeFindingCode, path: &str, message: String, remedy: &str) {
        self.push(code, Severity::Warning, path, message, remedy);
    }

    fn note(&mut self, code: RecipeFindingCode, path: &str, message: String, remedy: &str) {
        self.push(code, Severity::Note, path, message, remedy);
    }

    fn push(
        &mut self,
        code: RecipeFindingCode,
        severity: Severity,
        path: &str,
        message: String,
        remedy: &str,
    ) {
        let line = if path.is_empty() {
            None
        } else {
            self.recipe.line_of(path)
        };
        self.found.push(RecipeFinding {
            code,
            severity,
            component: self.recipe.component().name.clone(),
            path: path.to_owned(),
            line,
            message,
            remedy: remedy.to_owned(),
            secret: None,
        });
    }

    /// What was found last is about this secret.
    fn of_secret(&mut self, secret: NeededSecret) {
        if let Some(last) = self.found.last_mut() {
            last.secret = Some(secret);
        }
    }

    fn sorted(mut self) -> Vec<RecipeFinding> {
        self.found
            .sort_by_key(|finding| (finding.severity, finding.line));
        self.found.dedup();
        self.found
    }
}
