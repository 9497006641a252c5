//! Versions of components as deployments pin them.

use semver::Version;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Characters that a version may have (service model: `ComponentVersionString`).
pub const VERSION_CHARS: usize = 64;

/// Whether a text is one exact version: `major.minor.patch`, with or without what semantic versions allow behind it
/// (guide, "Component recipe reference"). A deployment names versions, never ranges.
#[must_use]
pub fn is_exact(version: &str) -> bool {
    version.len() <= VERSION_CHARS && Version::parse(version).is_ok()
}

/// Where a version goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To a later version.
    Up,
    /// To an earlier version.
    Down,
    /// Another text with the same precedence: only the build differs.
    Level,
    /// One of the two is no semantic version.
    Unknown,
}

impl Direction {
    /// The direction from one version to another.
    #[must_use]
    pub fn between(from: &str, to: &str) -> Self {
        match (Version::parse(from), Version::parse(to)) {
            (Ok(from), Ok(to)) => match to.cmp_precedence(&from) {
                std::cmp::Ordering::Greater => Self::Up,
                std::cmp::Ordering::Less => Self::Down,
                std::cmp::Ordering::Equal => Self::Level,
            },
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exact_versions_pin() {
        for exact in ["1.0.0", "2.9.0", "1.0.0-rc.1", "1.0.0+build.7", "0.0.0"] {
            assert!(is_exact(exact), "{exact}");
        }
        for other in [
            "", "1", "1.0", "1.x.0", "~1.0.0", "^1.0.0", ">=1.0.0", "*", "latest", "v1.0.0",
            "1.0.0 ", "01.0.0",
        ] {
            assert!(!is_exact(other), "{other}");
        }
        assert!(!is_exact(&format!("1.0.0-{}", "a".repeat(60))));
    }

    #[test]
    fn versions_are_compared_by_number_and_not_by_text() {
        assert_eq!(Direction::between("2.9.0", "2.10.0"), Direction::Up);
        assert_eq!(Direction::between("1.0.0", "1.0.0-rc.1"), Direction::Down);
        assert_eq!(Direction::between("1.0.0+a", "1.0.0+b"), Direction::Level);
        assert_eq!(Direction::between("1.0", "1.0.0"), Direction::Unknown);
    }
}
