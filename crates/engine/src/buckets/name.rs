//! Names of buckets (S3 User Guide, "General purpose bucket naming rules").

use std::net::Ipv4Addr;

use crate::{Error, ErrorCode, Problem};

/// Prefixes that are S3's own.
const RESERVED_PREFIXES: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];

/// Suffixes that are S3's own.
const RESERVED_SUFFIXES: [&str; 5] = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

/// Refuses what can be no bucket's name: buckets from before 2018 in us-east-1 may break the rules of today.
pub(crate) fn possible(name: &str) -> Result<(), Error> {
    let fits = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    if name.is_empty() {
        refuse(name, "it is empty")
    } else if let Some(c) = name.chars().find(|c| !fits(*c)) {
        refuse(name, &format!("it contains {c:?}"))
    } else if !(3..=255).contains(&name.len()) {
        refuse(name, "it does not have 3 to 63 characters")
    } else {
        Ok(())
    }
}

/// Refuses names that a new bucket cannot have.
pub(super) fn allowed(name: &str) -> Result<(), Error> {
    possible(name)?;
    let at_the_ends = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let why = if name.len() > 63 {
        "it has more than 63 characters"
    } else if name.contains(|c: char| c.is_ascii_uppercase() || c == '_') {
        "only lower-case letters, digits, dots and hyphens are allowed"
    } else if !name.starts_with(at_the_ends) || !name.ends_with(at_the_ends) {
        "it must begin and end with a letter or a digit"
    } else if name.contains("..") {
        "two dots stand side by side"
    } else if name.parse::<Ipv4Addr>().is_ok() {
        "it looks like an IP address"
    } else if RESERVED_PREFIXES
        .iter()
        .any(|prefix| name.starts_with(prefix))
    {
        "its beginning is reserved by S3"
    } else if RESERVED_SUFFIXES
        .iter()
        .any(|suffix| name.ends_with(suffix))
    {
        "its ending is reserved by S3"
    } else {
        return Ok(());
    };
    refuse(name, why)
}

fn refuse(name: &str, why: &str) -> Result<(), Error> {
    let quoted: String = name.chars().take(80).collect();
    Err(Problem::new(
        ErrorCode::InvalidInput,
        format!("`{quoted}` cannot be a bucket's name: {why}"),
    )
    .hint("Use 3 to 63 lower-case letters, digits, dots and hyphens, such as plant-rollouts-2026.")
    .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_buckets_name_keeps_the_rules() {
        for name in ["abc", "plant-rollouts-2026", "a.b-c", "1ab"] {
            assert!(allowed(name).is_ok(), "{name}");
        }
        let long = "a".repeat(64);
        for name in [
            "",
            "ab",
            "Abc",
            "a_b",
            "-abc",
            "abc.",
            "a..b",
            "192.168.5.4",
            "xn--abc",
            "abc-s3alias",
            "a/b",
            "s3://abc",
            "bücher",
            &long,
        ] {
            assert!(allowed(name).is_err(), "{name}");
        }
    }

    #[test]
    fn an_old_buckets_name_may_break_them() {
        assert!(possible("Old_Bucket").is_ok());
        assert!(possible("a b").is_err());
    }
}
