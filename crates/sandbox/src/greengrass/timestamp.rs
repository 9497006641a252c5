//! Time stamps as Greengrass V1 writes them: `2026-10-01T00:00:00.000Z`.

const DAY_MS: i64 = 86_400_000;

/// Unix milliseconds as text in UTC. Days to a date by the proleptic Gregorian calendar, counted in eras of
/// 400 years that begin on the first of March.
pub(super) fn text(unix_ms: i64) -> String {
    let days = unix_ms.div_euclid(DAY_MS) + 719_468;
    let of_day = unix_ms.rem_euclid(DAY_MS);
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
    let (second, milli) = (of_day / 1_000 % 60, of_day % 1_000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn known_instants() {
        assert_eq!(text(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(text(1_790_812_800_000), "2026-10-01T00:00:00.000Z");
        assert_eq!(text(951_827_696_789), "2000-02-29T12:34:56.789Z");
        assert_eq!(text(-1), "1969-12-31T23:59:59.999Z");
    }
}
