//! Component versions and requirements: semantic versions, requirements as npm writes them
//! (AWS IoT Greengrass V2 Developer Guide, "component recipe reference": `>=1.0.0 <2.0.0`, `~2.0.0`, `^2.1`).

use semver::{Version, VersionReq};

/// A component version, which has three numbers.
pub(crate) fn version(text: &str) -> Option<Version> {
    Version::parse(text).ok()
}

/// Whether a version satisfies a requirement; a requirement that cannot be read is satisfied by none.
pub(crate) fn satisfies(version: &Version, requirement: &str) -> bool {
    requirement
        .split("||")
        .any(|part| part_requirement(part).is_some_and(|required| required.matches(version)))
}

/// Whether a requirement can be read.
pub(crate) fn readable(requirement: &str) -> bool {
    requirement
        .split("||")
        .all(|part| part_requirement(part).is_some())
}

fn part_requirement(part: &str) -> Option<VersionReq> {
    let mut terms: Vec<String> = Vec::new();
    let mut operator = String::new();
    for word in part.split_whitespace() {
        // An operator may stand apart from its version.
        if word.chars().all(|c| "<>=~^".contains(c)) {
            operator = word.to_owned();
            continue;
        }
        let term = format!("{operator}{word}");
        operator.clear();
        // A bare version is exact for npm, and a caret for Rust.
        let bare = term.starts_with(|c: char| c.is_ascii_digit()) && !term.contains(['*', 'x']);
        terms.push(if bare { format!("={term}") } else { term });
    }
    if terms.is_empty() {
        return operator.is_empty().then_some(VersionReq::STAR);
    }
    VersionReq::parse(&terms.join(",")).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::{readable, satisfies, version};

    #[test]
    fn requirements_are_npms() {
        let is = |text: &str, requirement: &str| satisfies(&version(text).unwrap(), requirement);
        assert!(is("2.0.9", "~2.0.0") && !is("2.1.0", "~2.0.0"));
        assert!(is("2.12.6", ">=2.9.0 <3.0.0") && !is("3.0.0", ">= 2.9.0 < 3.0.0"));
        assert!(is("1.2.0", "^1.0.0") && is("1.0.0", "1.0.0") && !is("1.0.1", "1.0.0"));
        assert!(is("1.0.0", "=1.0.0 || =3.0.0") && is("9.9.9", "*"));
        assert!(!readable("one") && readable("1.x"));
        assert_eq!(version("1.0"), None);
    }
}
