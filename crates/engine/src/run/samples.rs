//! Readings over time: what the chart draws, and the rate that follows from them.

use overseed_domain::Millis;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{
    Sample,
    rows::{self, json},
};
use crate::{Error, StoreError};

/// Points of a chart.
const POINTS: u32 = 300;

/// Milliseconds of readings that the rate is taken from.
const RATE_SPAN: i64 = 120_000;

/// One point of the chart: the sums over all waves. Where there was none for longer than `expected` milliseconds
/// before it, it says so.
pub(super) fn add(tx: &Transaction<'_>, run: i64, at: Millis, expected: i64) -> Result<(), Error> {
    let waves = rows::waves(tx, run)?;
    let processed: u32 = waves.iter().map(|row| row.wave.records_processed).sum();
    let before: Option<i64> = tx
        .prepare_cached("SELECT max(at) FROM sample WHERE run = ?1")?
        .query_row([run], |row| row.get(0))
        .optional()?
        .flatten();
    let gap = before.is_some_and(|before| at.since(Millis(before)) > expected);
    tx.execute(
        "INSERT INTO sample (run, at, processed, counts, gap) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (run, at) DO UPDATE SET processed = excluded.processed, counts = excluded.counts",
        params![run, at.0, processed, json(&rows::sum(&waves))?, gap],
    )?;
    Ok(())
}

/// Readings, thinned evenly: each row that the statement skips costs no more than its number. A gap among those that
/// were left out is told by the next one.
pub(super) fn samples(connection: &Connection, run: i64) -> Result<Vec<Sample>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT s.at, s.processed, s.counts, kept.gaps FROM (
             SELECT at, sum(gap) OVER w AS gaps, row_number() OVER w - 1 AS number, count(*) OVER () AS readings
             FROM sample WHERE run = ?1 WINDOW w AS (ORDER BY at)
         ) kept JOIN sample s ON s.run = ?1 AND s.at = kept.at
         WHERE kept.number % ((kept.readings + ?2 - 1) / ?2) = 0 OR kept.number = kept.readings - 1
         ORDER BY s.at",
    )?;
    let mut rows = statement.query([run, i64::from(POINTS)])?;
    let (mut samples, mut gaps) = (Vec::new(), 0_u32);
    while let Some(row) = rows.next()? {
        let counts: String = row.get(2)?;
        let counts = serde_json::from_str(&counts).map_err(|source| StoreError::Json {
            what: "sample.counts",
            source,
        })?;
        let until = row.get(3)?;
        samples.push(Sample {
            at: Millis(row.get(0)?),
            processed: row.get(1)?,
            counts,
            gap: until > gaps,
        });
        gaps = until;
    }
    Ok(samples)
}

/// Times and attempted records of the last minutes, none from before a gap: what happened in it is not known.
pub(super) fn recent(connection: &Connection, run: i64) -> Result<Vec<(i64, i64)>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT at, processed FROM sample WHERE run = ?1
             AND at >= (SELECT max(at) FROM sample WHERE run = ?1) - ?2
             AND at >= (SELECT coalesce(max(at), 0) FROM sample WHERE run = ?1 AND gap)
         ORDER BY at",
    )?;
    let points = statement
        .query_map([run, RATE_SPAN], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    Ok(points)
}
