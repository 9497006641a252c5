//! Times as people write them in a filter.

use jiff::{Timestamp, civil, tz::TimeZone};
use overseed_domain::Millis;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 24 * 60 * MINUTE;

/// A stretch of time as precise as it was written: from `from` up to, and without, `to`; milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) from: i64,
    pub(super) to: i64,
}

/// Reads ISO 8601 (a day, or a day and a time, UTC unless an offset stands there) or an age such as `30m`, `12h`,
/// `7d`, `2w`: that long before `now`.
pub(super) fn moment(text: &str, now: Millis) -> Option<Moment> {
    if let Some(age) = age(text) {
        let from = now.0.checked_sub(age)?;
        return Some(Moment {
            from,
            to: from.saturating_add(1),
        });
    }
    if let Ok(day) = text.parse::<civil::Date>()
        && !text.contains(['T', 't', ' '])
    {
        let from = utc(day.into())?;
        return Some(Moment {
            from,
            to: from.saturating_add(DAY),
        });
    }
    let from = match text.parse::<Timestamp>() {
        Ok(timestamp) => timestamp.as_millisecond(),
        Err(_) => utc(text.parse().ok()?)?,
    };
    Some(Moment {
        from,
        to: from.saturating_add(precision(text)),
    })
}

fn utc(time: civil::DateTime) -> Option<i64> {
    Some(
        time.to_zoned(TimeZone::UTC)
            .ok()?
            .timestamp()
            .as_millisecond(),
    )
}

/// Milliseconds that a written time covers: `10:00` means all of that minute.
fn precision(text: &str) -> i64 {
    let time = text
        .split_once(['T', 't', ' '])
        .map_or("", |(_, time)| time);
    let time = time.split(['Z', 'z', '+', '-']).next().unwrap_or(time);
    if time.contains(['.', ',']) {
        1
    } else if time.matches(':').count() == 1 {
        MINUTE
    } else {
        SECOND
    }
}

fn age(text: &str) -> Option<i64> {
    let unit = match text.chars().next_back()? {
        's' => SECOND,
        'm' => MINUTE,
        'h' => 60 * MINUTE,
        'd' => DAY,
        'w' => 7 * DAY,
        _ => return None,
    };
    let count = text.get(..text.len() - 1)?;
    let digits = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
    if digits {
        count.parse::<i64>().ok()?.checked_mul(unit)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_covers_as_much_as_it_says() {
        // 2026-11-21T10:00:00Z
        const NOW: i64 = 1_795_255_200_000;
        let of = |text: &str| moment(text, Millis(NOW)).map(|m| (m.from - NOW, m.to - m.from));
        for (text, expected) in [
            ("2026-11-21", (-10 * 60 * MINUTE, DAY)),
            ("2026-11-21T10:00:00Z", (0, SECOND)),
            ("2026-11-21T10:00Z", (0, MINUTE)),
            ("2026-11-21T10:00:00.250Z", (250, 1)),
            ("2026-11-21T11:00:00+01:00", (0, SECOND)),
            ("2026-11-21T10:00:00", (0, SECOND)),
            ("2026-11-21 10:00", (0, MINUTE)),
            ("2h", (-2 * 60 * MINUTE, 1)),
            ("7d", (-7 * DAY, 1)),
        ] {
            assert_eq!(of(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "d",
            "-1d",
            "yesterday",
            "2026-13-01",
            "7y",
            "99999999999999999d",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
