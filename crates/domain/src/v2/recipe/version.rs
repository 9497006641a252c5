//! Versions of components.

use semver::{BuildMetadata, Prerelease, Version};
use thiserror::Error;

/// Characters of a version at most (service model: `ComponentVersionString`).
const LONGEST: usize = 64;
/// Six digits for each of the three numbers (nucleus: `ComponentRecipe`).
const LARGEST: u64 = 999_999;

/// A text that AWS does not take as a component's version.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotAVersion {
    /// No semantic version.
    #[error("`{text}` is no version of the form 1.0.0: {reason}")]
    Form {
        /// What was written.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Too long.
    #[error("a version has {LONGEST} characters at most, this one has {0}")]
    TooLong(usize),
    /// One of the numbers is too large.
    #[error("each of the three numbers of a version is {LARGEST} at most")]
    TooLarge,
}

/// Reads a component's version (semver.org; service model; nucleus: `ComponentRecipe`).
///
/// # Errors
/// [`NotAVersion`].
pub fn parse_version(text: &str) -> Result<Version, NotAVersion> {
    if text.len() > LONGEST {
        return Err(NotAVersion::TooLong(text.len()));
    }
    let version = Version::parse(text).map_err(|error| NotAVersion::Form {
        text: text.to_owned(),
        reason: error.to_string(),
    })?;
    if [version.major, version.minor, version.patch]
        .iter()
        .any(|number| *number > LARGEST)
    {
        return Err(NotAVersion::TooLarge);
    }
    Ok(version)
}

/// A free version: the wanted one where it is above all that exist, or else the highest with its last number one up (or the
/// next, where six digits end). Texts that are no versions do not count. Build metadata makes no difference to AWS's order.
#[must_use]
pub fn next_version<'a>(wanted: &str, existing: impl IntoIterator<Item = &'a str>) -> String {
    let highest = existing
        .into_iter()
        .filter_map(|text| parse_version(text).ok())
        .max();
    let wanted = parse_version(wanted).ok();
    match (wanted, highest) {
        (Some(wanted), None) => wanted.to_string(),
        (None, None) => "1.0.0".to_owned(),
        (Some(wanted), Some(highest)) if wanted.cmp_precedence(&highest).is_gt() => {
            wanted.to_string()
        }
        (_, Some(highest)) => above(highest).to_string(),
    }
}

fn above(mut version: Version) -> Version {
    let is_release = version.pre.is_empty();
    version.pre = Prerelease::EMPTY;
    version.build = BuildMetadata::EMPTY;
    if !is_release {
        // 1.0.0 is above 1.0.0-rc.1.
        return version;
    }
    if version.patch < LARGEST {
        version.patch += 1;
    } else if version.minor < LARGEST {
        (version.minor, version.patch) = (version.minor + 1, 0);
    } else {
        (version.major, version.minor, version.patch) = (version.major.saturating_add(1), 0, 0);
    }
    version
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_next_version_is_above_all_that_exist() {
        for (wanted, existing, expected) in [
            ("1.0.0", vec![], "1.0.0"),
            ("1.0.0", vec!["1.0.0"], "1.0.1"),
            ("1.0.0", vec!["1.0.9", "1.0.10", "0.9.0"], "1.0.11"),
            ("2.0.0", vec!["1.0.9"], "2.0.0"),
            ("1.0.0", vec!["1.0.0-rc.1"], "1.0.0"),
            ("1.0.0-rc.1", vec!["1.0.0-rc.1"], "1.0.0"),
            ("1.0", vec!["1.2.3+5"], "1.2.4"),
            ("1.0.0+b", vec!["1.0.0"], "1.0.1"),
            ("", vec!["not one"], "1.0.0"),
            ("0.0.0", vec!["1.2.999999"], "1.3.0"),
        ] {
            assert_eq!(
                next_version(wanted, existing.clone()),
                expected,
                "{wanted} {existing:?}"
            );
        }
    }

    #[test]
    fn limits_are_those_of_aws() {
        assert!(matches!(
            parse_version("1.0"),
            Err(NotAVersion::Form { .. })
        ));
        assert!(matches!(
            parse_version("v1.0.0"),
            Err(NotAVersion::Form { .. })
        ));
        assert_eq!(parse_version("1.0.1000000"), Err(NotAVersion::TooLarge));
        let long = format!("1.0.0-{}", "a".repeat(59));
        assert_eq!(parse_version(&long), Err(NotAVersion::TooLong(65)));
    }

    proptest! {
        #[test]
        fn a_proposal_is_new_and_valid(
            wanted in "[0-9]{1,2}\\.[0-9]\\.[0-9](-[a-z]{1,3})?",
            existing in prop::collection::vec("[0-9]{1,2}\\.[0-9]\\.[0-9]{1,3}(-rc\\.[1-9])?", 0..9),
        ) {
            let next = next_version(&wanted, existing.iter().map(String::as_str));
            let next = parse_version(&next).unwrap();
            for other in existing.iter().filter_map(|text| parse_version(text).ok()) {
                prop_assert!(next.cmp_precedence(&other).is_gt());
            }
        }
    }
}
