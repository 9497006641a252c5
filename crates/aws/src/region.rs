//! Region names.

use crate::{Error, Kind};

/// The Regions in which the partitions `aws`, `aws-cn` and `aws-us-gov` offer Greengrass V1, for choosing from. Others may be
/// typed: [`check`] goes by form.
pub const REGIONS: &[&str] = &[
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "cn-north-1",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-2",
];

const DIRECTIONS: &[&str] = &[
    "central",
    "north",
    "south",
    "east",
    "west",
    "northeast",
    "northwest",
    "southeast",
    "southwest",
];

/// Whether a name has the form of a Region's: a geography of two to four letters, one word more in partitions
/// such as us-gov, a direction and a number. New Regions keep to it (AWS General Reference).
#[must_use]
pub fn is_region(name: &str) -> bool {
    let mut parts = name.split('-').collect::<Vec<_>>();
    let number = parts.pop().unwrap_or_default();
    let direction = parts.pop().unwrap_or_default();
    let letters = |part: &str| part.bytes().all(|b| b.is_ascii_lowercase());
    let geography = match parts.as_slice() {
        [geography] => *geography,
        // us-gov-west-1, us-isob-east-1, eusc-de-east-1
        [geography, part] if letters(part) => geography,
        _ => return false,
    };
    (2..=4).contains(&geography.len())
        && letters(geography)
        && DIRECTIONS.contains(&direction)
        && (1..=2).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_digit())
}

/// Refuses what cannot be a Region before any call is made. With an endpoint of one's own the name only has to be one
/// that can be signed.
pub(crate) fn check(name: &str, own_endpoint: bool) -> Result<(), Error> {
    let word = |part: &str| {
        let letters = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        !part.is_empty() && part.bytes().all(letters)
    };
    let signable = name.split('-').all(word);
    if is_region(name) || (own_endpoint && signable) {
        return Ok(());
    }
    let message = format!("`{name}` is not a Region's name; one looks like eu-west-1");
    Err(Error::here("connect", Kind::RegionUnknown, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_known_by_their_form() {
        let newer = [
            "mx-central-1",
            "ap-southeast-17",
            "us-iso-east-1",
            "eusc-de-east-1",
        ];
        for name in REGIONS.iter().chain(&newer) {
            assert!(is_region(name), "{name}");
        }
        for name in [
            "",
            "eu-wst-1",
            "eu-west",
            "EU-WEST-1",
            "eu west 1",
            "west-1",
            "eu-west-1a",
            "x",
        ] {
            assert!(!is_region(name), "{name}");
        }
    }

    #[test]
    fn an_endpoint_of_ones_own_may_call_its_region_as_it_likes() {
        assert!(check("local", true).is_ok());
        assert!(check("local", false).is_err());
        assert!(check("moon-base", true).is_ok());
        for name in ["", "-", "a-", "-a", "a--b", "A", "a b"] {
            assert!(check(name, true).is_err(), "{name}");
        }
    }
}
