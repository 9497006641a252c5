//! Timestamps in answers.

use aws_smithy_types::{DateTime, date_time::Format};
use overseed_domain::Millis;

/// Reads an ISO 8601 timestamp of Greengrass, with `Z` or an offset. What cannot be read is unknown, not an error:
/// no decision rests on it.
pub(crate) fn millis(text: &str) -> Option<Millis> {
    DateTime::from_str(text.trim(), Format::DateTimeWithOffset)
        .ok()
        .and_then(of_date_time)
}

/// A timestamp that the SDK has read already.
pub(crate) fn of_date_time(time: DateTime) -> Option<Millis> {
    time.to_millis().ok().map(Millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_read_with_zone_or_offset_and_tolerantly() {
        assert_eq!(
            millis("2019-06-25T16:11:33.474Z"),
            Some(Millis(1_561_479_093_474))
        );
        assert_eq!(
            millis("2019-06-25T18:11:33.474+02:00"),
            Some(Millis(1_561_479_093_474))
        );
        assert_eq!(
            millis("2019-06-25T16:11:33Z"),
            Some(Millis(1_561_479_093_000))
        );
        assert_eq!(millis("yesterday"), None);
        assert_eq!(millis(""), None);
    }
}
