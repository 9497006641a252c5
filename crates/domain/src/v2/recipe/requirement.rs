//! Version ranges of dependencies, as npm writes them (recipe reference: `VersionRequirement`).

use semver::{Op, Version, VersionReq};
use thiserror::Error;

/// A version range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// One of these has to hold.
    any: Vec<VersionReq>,
}

/// A text that is no version range.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` is no npm-style version range such as 2.9.0, ~2.0.0 or >=2.0.0 <3.0.0: {reason}")]
pub struct NotARequirement {
    /// What was written.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Requirement {
    /// Reads a range: comparators divided by spaces hold together, sets divided by `||` are alternatives, `1.0.0 - 2.0.0`
    /// is from-to, a bare version means itself (npm: "semver", ranges).
    ///
    /// # Errors
    /// [`NotARequirement`].
    pub fn parse(text: &str) -> Result<Self, NotARequirement> {
        let any = text.split("||").map(set).collect::<Result<_, _>>();
        any.map(|any| Self { any })
            .map_err(|reason| NotARequirement {
                text: text.to_owned(),
                reason,
            })
    }

    /// Whether a version is in the range.
    #[must_use]
    pub fn matches(&self, version: &Version) -> bool {
        self.any.iter().any(|set| set.matches(version))
    }

    /// Whether it is one version only.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        let exact = |set: &VersionReq| {
            let full = |c: &semver::Comparator| c.op == Op::Exact && c.patch.is_some();
            set.comparators.iter().any(full)
        };
        !self.any.is_empty() && self.any.iter().all(exact)
    }

    /// Whether all its versions share major and minor number: nothing but patches can come.
    #[must_use]
    pub fn is_patches_only(&self) -> bool {
        let narrow = |c: &semver::Comparator| {
            c.minor.is_some() && matches!(c.op, Op::Exact | Op::Tilde | Op::Wildcard)
                || c.op == Op::Caret && c.major == 0 && c.minor.is_some_and(|minor| minor > 0)
        };
        let held = |set: &VersionReq| set.comparators.iter().any(narrow);
        !self.any.is_empty() && self.any.iter().all(held)
    }

    /// Whether some alternative has no upper end.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let open = |c: &semver::Comparator| matches!(c.op, Op::Greater | Op::GreaterEq);
        self.any.iter().any(|set| set.comparators.iter().all(open))
    }
}

fn set(text: &str) -> Result<VersionReq, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(VersionReq::STAR);
    }
    let comparators = match text.split_once(" - ") {
        Some((from, to)) => vec![
            format!(">={}", bare(from.trim())),
            format!("<={}", bare(to.trim())),
        ],
        None => comparators(text),
    };
    // Any version: the crate takes the star alone only.
    let told: Vec<_> = comparators.into_iter().filter(|c| !is_any(c)).collect();
    if told.is_empty() {
        return Ok(VersionReq::STAR);
    }
    VersionReq::parse(&told.join(", ")).map_err(|error| error.to_string())
}

/// Comparators as the crate writes them: an operator may stand apart from its version, and a bare version means itself.
fn comparators(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut operator = String::new();
    for word in text.split_whitespace() {
        let version = word.trim_start_matches(['<', '>', '=', '~', '^']);
        operator.push_str(word.get(..word.len() - version.len()).unwrap_or_default());
        if version.is_empty() {
            continue;
        }
        let written = match operator.as_str() {
            "" => "=",
            "~>" => "~",
            other => other,
        };
        found.push(format!("{written}{}", bare(version)));
        operator.clear();
    }
    if !operator.is_empty() {
        found.push(operator);
    }
    found
}

fn bare(version: &str) -> String {
    version
        .trim_start_matches(['v', 'V'])
        .replace(['x', 'X'], "*")
}

fn is_any(comparator: &str) -> bool {
    matches!(
        comparator.trim_start_matches(['=', '~', '^']),
        "*" | "*.*" | "*.*.*"
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn ranges_mean_what_npm_means() {
        for (range, inside, outside) in [
            ("2.9.0", "2.9.0", "2.9.1"),
            ("=2.9.0", "2.9.0", "2.9.1"),
            ("~2.0.0", "2.0.9", "2.1.0"),
            ("^2.0.0", "2.9.9", "3.0.0"),
            (">=2.0.0 <2.9.0", "2.8.9", "2.9.0"),
            (">= 2.0.0 < 2.9.0", "2.8.9", "2.9.0"),
            ("1.0.0 - 2.0.0", "2.0.0", "2.0.1"),
            ("1.x || >=2.5.0 || 5.0.0 - 7.2.3", "1.7.1", "2.4.9"),
            ("1.2", "1.2.9", "1.3.0"),
            ("2.*", "2.1.0", "3.0.0"),
        ] {
            let requirement = Requirement::parse(range).unwrap();
            assert!(
                requirement.matches(&Version::parse(inside).unwrap()),
                "{range}"
            );
            assert!(
                !requirement.matches(&Version::parse(outside).unwrap()),
                "{range}"
            );
        }
        for any in ["", "*", "x", ">=0.0.0"] {
            let requirement = Requirement::parse(any).unwrap();
            assert!(
                requirement.matches(&Version::new(0, 0, 0)) && requirement.is_open(),
                "{any}"
            );
        }
        for bad in ["latest", ">=", "1.0.0.0", "~>~1", "one || 1.0.0"] {
            assert!(Requirement::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn how_narrow_a_range_is() {
        let of = |range: &str| {
            let requirement = Requirement::parse(range).unwrap();
            (
                requirement.is_exact(),
                requirement.is_patches_only(),
                requirement.is_open(),
            )
        };
        assert_eq!(of("2.9.0"), (true, true, false));
        assert_eq!(of("~2.0.0"), (false, true, false));
        assert_eq!(of("^2.0.0"), (false, false, false));
        assert_eq!(of(">=2.0.0"), (false, false, true));
        assert_eq!(of("2.9.0 || >3.0.0"), (false, false, true));
    }
}
