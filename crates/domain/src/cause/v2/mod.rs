//! Causes of failed deployments of Greengrass V2: from the error stack, the error types and the reason that an effective
//! deployment has (service model: `EffectiveDeploymentStatusDetails`).

mod catalogue;

pub use catalogue::{CodeEntry, CodeKind, codes, find_code};

use super::{Description, digest, normalise, shortened};

/// What is told of a failed effective deployment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Failure<'a> {
    /// The codes, from general to specific; empty from devices with a nucleus before 2.8 (facts).
    pub error_stack: &'a [String],
    /// The types of the codes.
    pub error_types: &'a [String],
    /// The service's words.
    pub reason: Option<&'a str>,
    /// The status itself, such as `TIMED_OUT`: all there is where the device never answered.
    pub status: Option<&'a str>,
}

impl Failure<'_> {
    fn words(&self) -> &str {
        self.reason.unwrap_or_default().trim()
    }

    /// The most specific code that is no heading and that the catalogue knows.
    fn known(&self) -> Option<&'static CodeEntry> {
        let codes = self.error_stack.iter().rev();
        let mut known = codes.filter_map(|code| {
            find_code(CodeKind::Deployment, code)
                .or_else(|| find_code(CodeKind::ComponentStatus, code))
        });
        known.find(|entry| !entry.heading)
    }

    /// The last code, if the catalogue has never heard of it.
    fn unheard(&self) -> Option<&str> {
        let last = self.error_stack.last()?;
        let known = [CodeKind::Deployment, CodeKind::ComponentStatus]
            .into_iter()
            .any(|kind| find_code(kind, last).is_some());
        (!known).then_some(last.as_str())
    }

    /// The component's status code that the reason tells, where it tells one.
    fn in_words(&self) -> Option<&'static CodeEntry> {
        let ends = |c: char| !c.is_ascii_uppercase() && c != '_';
        let words = self.words().split(ends).filter(|word| word.contains('_'));
        words
            .into_iter()
            .find_map(|word| find_code(CodeKind::ComponentStatus, word))
    }

    fn class(&self) -> Option<&'static CodeEntry> {
        let types = self.error_types.iter();
        let mut known = types.filter_map(|name| find_code(CodeKind::ErrorType, name));
        known.find(|entry| entry.code != "NONE")
    }
}

/// The key of a failure's class: a hash of the error stack and of the normalised reason; 16 hexadecimal digits, the same on
/// every computer. Where neither is there, the status makes the class.
#[must_use]
pub fn key(failure: &Failure<'_>) -> String {
    let mut parts = vec!["v2".to_owned()];
    parts.extend(
        failure
            .error_stack
            .iter()
            .map(|code| code.trim().to_ascii_uppercase()),
    );
    // Divides codes from words, so that neither can be taken for the other.
    parts.push(String::new());
    parts.push(normalise(failure.words()));
    if failure.error_stack.is_empty() && failure.words().is_empty() {
        parts.push(failure.status.unwrap_or_default().to_owned());
    }
    digest(&parts)
}

/// The code that stands for the failure: the most specific one, or else the status.
#[must_use]
pub fn code<'a>(failure: &Failure<'a>) -> Option<&'a str> {
    let last = failure.error_stack.last().map(String::as_str);
    last.or(failure.status)
}

/// What the catalogue knows of a failure. The most specific known code gives the title; a code that the catalogue has never
/// heard of is told as it came, with what is known of the one above it. Types and component statuses give hints only.
#[must_use]
pub fn describe(failure: &Failure<'_>) -> Description {
    let known = failure.known();
    match (failure.unheard(), known) {
        (None, Some(entry)) => of(entry, entry.title.clone(), entry.means.clone()),
        (Some(code), Some(entry)) => of(entry, code.to_owned(), hint(entry)),
        (code, None) => {
            let title = match (code, failure.words(), failure.status) {
                (Some(code), _, _) => code.to_owned(),
                (None, "", Some(status)) => format!("{status}, no reason"),
                (None, words, _) => shortened(words, None),
            };
            let closest = failure.in_words().or_else(|| failure.class());
            let heading = || {
                let codes = failure.error_stack.iter().rev();
                let mut known = codes.filter_map(|code| find_code(CodeKind::Deployment, code));
                known.next()
            };
            match closest.or_else(heading) {
                Some(entry) => of(entry, title, hint(entry)),
                None => Description {
                    title,
                    means: None,
                    remedies: Vec::new(),
                    source: None,
                    permissions: false,
                },
            }
        }
    }
}

fn hint(entry: &CodeEntry) -> String {
    format!("A hint, not a finding: {}", entry.means)
}

fn of(entry: &CodeEntry, title: String, means: String) -> Description {
    Description {
        title,
        means: Some(means),
        remedies: entry.remedies.clone(),
        source: Some(entry.source.clone()),
        permissions: entry.permissions,
    }
}

#[cfg(test)]
mod tests;
