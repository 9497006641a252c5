//! What benchmarks of the engine have in common: figures, a fleet that is the same each time, memory.
#![allow(dead_code, reason = "no benchmark needs all of it")]

use std::error::Error;

use overseed_engine::Session;

pub type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const HOUR: i64 = 3_600_000;

/// Prints a figure as `cargo xtask bench` reads it.
pub fn figure(name: &str, value: f64, unit: &str) {
    println!(
        "{}",
        serde_json::json!({ "name": name, "value": (value * 10.0).round() / 10.0, "unit": unit })
    );
}

/// Writes an inventory of so many groups straight into the store; one in a hundred cannot be deployed where `whole` is
/// not asked for.
pub fn fill(session: &Session, groups: u32, whole: bool) -> Outcome<()> {
    let scope = session.scope;
    session.store().write_now(|tx| {
        let mut insert = tx.prepare(
            "INSERT INTO inventory_group (scope, id, name, arn, latest_version, latest_version_arn,
                 created_at, updated_at, listing, deployable)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9)",
        )?;
        for number in 0..groups {
            let drawn = spread(u64::from(number));
            let (id, version) = (uuid(drawn), uuid(spread(drawn)));
            let name = format!(
                "plant-{:02}/line-{}-cell-{number:06}",
                drawn % 40,
                drawn % 97
            );
            let arn = group_arn(&id);
            let version_arn = format!("{arn}/versions/{version}");
            let created = 1_700_000_000_000 + (drawn % 20_000) as i64 * HOUR;
            let deployable = u8::from(!whole && drawn.is_multiple_of(100));
            insert.execute(rusqlite::params![
                scope,
                id,
                name,
                arn,
                version,
                version_arn,
                created,
                created + HOUR,
                deployable
            ])?;
        }
        tx.execute(
            "INSERT INTO listing (scope, number, started_at, ended_at, complete_at, revision)
             VALUES (?1, 1, 0, 0, 0, 1)",
            [scope],
        )?;
        Ok(())
    })?;
    Ok(())
}

pub fn group_arn(id: &str) -> String {
    format!("arn:aws:greengrass:eu-west-1:000000000000:/greengrass/groups/{id}")
}

/// The id of the group with this number.
pub fn group_id(number: u32) -> String {
    uuid(spread(u64::from(number)))
}

/// A number that looks drawn, always the same for the same input (splitmix64).
pub fn spread(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

pub fn uuid(drawn: u64) -> String {
    let other = spread(drawn ^ 0xABCD);
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        drawn >> 32,
        drawn >> 16 & 0xffff,
        drawn & 0xfff,
        other >> 52,
        other & 0xffff_ffff_ffff
    )
}

/// Memory of this process where the system tells it: `VmRSS` now, `VmHWM` at its peak; in kB.
pub fn memory_kb(what: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| {
        line.strip_prefix(what)
            .is_some_and(|rest| rest.starts_with(':'))
    })?;
    line.split_whitespace().nth(1)?.parse().ok()
}
