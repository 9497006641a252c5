//! What a filter means: its tokens read into conditions, and the positions for which they hold.

use overseed_domain::{Millis, group::bare_id};

use super::{
    Filter, FilterOperation, FilterToken,
    bits::Bits,
    column::Test,
    index::{Index, NO_TIME},
    moment::{Moment, moment},
};
use crate::{ErrorCode, Problem};

/// A filter whose tokens have been read.
#[derive(Debug)]
pub(super) struct Conditions {
    operation: FilterOperation,
    conditions: Vec<Condition>,
}

#[derive(Debug)]
struct Condition {
    what: What,
    negated: bool,
}

#[derive(Debug)]
enum What {
    /// A text in one of the columns.
    Text(Columns, Test, String),
    /// The time is at or after the first (where there is one) and before the second.
    Time(Time, Option<i64>, Option<i64>),
    /// One of these numbers of the store.
    Deployable(&'static [u8]),
    Selected(bool),
}

#[derive(Debug, Clone, Copy)]
enum Columns {
    NameAndId,
    Name,
    Id,
    Version,
}

#[derive(Debug, Clone, Copy)]
enum Time {
    Created,
    Updated,
}

impl Conditions {
    /// Reads a filter; relative times count back from `now`.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidInput`] for an unknown property, an operator that the property does not have, or a
    /// value that cannot be read.
    pub(super) fn read(filter: &Filter, now: Millis) -> Result<Self, Problem> {
        let conditions = filter.tokens.iter().map(|token| condition(token, now));
        Ok(Self {
            operation: filter.operation,
            conditions: conditions.collect::<Result<_, _>>()?,
        })
    }

    /// The positions for which the filter holds, `selected` being those that are selected.
    pub(super) fn matches(&self, index: &Index, selected: &Bits) -> Bits {
        let mut conditions = self
            .conditions
            .iter()
            .map(|condition| condition.find(index, selected));
        let Some(mut matches) = conditions.next() else {
            return Bits::all(index.len());
        };
        for bits in conditions {
            match self.operation {
                FilterOperation::And => matches.and(&bits),
                FilterOperation::Or => matches.or(&bits),
            }
        }
        matches
    }
}

impl Condition {
    fn find(&self, index: &Index, selected: &Bits) -> Bits {
        let mut bits = match &self.what {
            What::Text(columns, test, value) => match columns {
                Columns::Name => index.names.find(*test, value),
                Columns::Id => index.ids.find(*test, bare_id(value)),
                Columns::Version => index.versions.find(*test, value),
                Columns::NameAndId => {
                    let mut bits = index.names.find(*test, value);
                    bits.or(&index.ids.find(*test, bare_id(value)));
                    bits
                }
            },
            What::Time(time, from, to) => {
                let times = match time {
                    Time::Created => &index.created,
                    Time::Updated => &index.updated,
                };
                let (from, to) = (from.unwrap_or(NO_TIME + 1), to.unwrap_or(i64::MAX));
                Bits::of(
                    index.len(),
                    times.iter().map(|&time| (from..to).contains(&time)),
                )
            }
            What::Deployable(numbers) => index.deployable(|number| numbers.contains(&number)),
            What::Selected(true) => selected.clone(),
            What::Selected(false) => {
                let mut bits = selected.clone();
                bits.not();
                bits
            }
        };
        if self.negated {
            bits.not();
        }
        bits
    }
}

fn condition(token: &FilterToken, now: Millis) -> Result<Condition, Problem> {
    let value = token.value.trim();
    let columns = match token.property.as_deref() {
        None => Columns::NameAndId,
        Some("name") => Columns::Name,
        Some("id") => Columns::Id,
        Some("latestVersion") => Columns::Version,
        Some("createdAt") => return time(token, Time::Created, value, now),
        Some("updatedAt") => return time(token, Time::Updated, value, now),
        Some("deployable") => {
            let numbers = deployable(value).ok_or_else(|| {
                unreadable(
                    token,
                    "`yes`, `no`, `no_version`, `no_core`, `many_cores` or `gone`",
                )
            })?;
            return Ok(Condition {
                what: What::Deployable(numbers),
                negated: is_not(token)?,
            });
        }
        Some("selected") => {
            let selected = match value.to_ascii_lowercase().as_str() {
                "yes" | "true" => true,
                "no" | "false" => false,
                _ => return Err(unreadable(token, "`yes` or `no`")),
            };
            return Ok(Condition {
                what: What::Selected(selected),
                negated: is_not(token)?,
            });
        }
        Some(other) => {
            return Err(Problem::new(
                ErrorCode::InvalidInput,
                format!("Groups have no property `{other}` to filter by"),
            )
            .hint(
                "There are name, id, latestVersion, deployable, selected, createdAt and updatedAt.",
            ));
        }
    };
    let (test, negated) = match token.operator.as_str() {
        "=" => (Test::Equals, false),
        "!=" => (Test::Equals, true),
        ":" => (Test::Contains, false),
        "!:" => (Test::Contains, true),
        "^" => (Test::Begins, false),
        "!^" => (Test::Begins, true),
        _ => return Err(operator(token, "=, !=, :, !:, ^ and !^")),
    };
    Ok(Condition {
        what: What::Text(columns, test, value.to_owned()),
        negated,
    })
}

fn time(token: &FilterToken, time: Time, value: &str, now: Millis) -> Result<Condition, Problem> {
    let Moment { from, to } = moment(value, now).ok_or_else(|| {
        unreadable(
            token,
            "a time such as 2026-11-21, 2026-11-21T10:00:00Z, 12h or 7d",
        )
    })?;
    let (from, to, negated) = match token.operator.as_str() {
        "=" => (Some(from), Some(to), false),
        "!=" => (Some(from), Some(to), true),
        "<" => (None, Some(from), false),
        "<=" => (None, Some(to), false),
        ">" => (Some(to), None, false),
        ">=" => (Some(from), None, false),
        _ => return Err(operator(token, "=, !=, <, <=, > and >=")),
    };
    Ok(Condition {
        what: What::Time(time, from, to),
        negated,
    })
}

/// The store's numbers for a value of `deployable`; see `stored::deployable_to_store`.
fn deployable(value: &str) -> Option<&'static [u8]> {
    Some(match value.to_ascii_lowercase().as_str() {
        "yes" | "true" => &[0],
        "no" | "false" => &[1, 2, 3, 4],
        "no_version" => &[1],
        "no_core" => &[2],
        "many_cores" => &[3],
        "gone" => &[4],
        _ => return None,
    })
}

fn is_not(token: &FilterToken) -> Result<bool, Problem> {
    match token.operator.as_str() {
        "=" => Ok(false),
        "!=" => Ok(true),
        _ => Err(operator(token, "= and !=")),
    }
}

fn operator(token: &FilterToken, known: &str) -> Problem {
    let property = token.property.as_deref().unwrap_or("free text");
    Problem::new(
        ErrorCode::InvalidInput,
        format!("`{}` is no operator for {property}", token.operator),
    )
    .hint(format!("There are {known}."))
}

fn unreadable(token: &FilterToken, expected: &str) -> Problem {
    let property = token.property.as_deref().unwrap_or("free text");
    Problem::new(
        ErrorCode::InvalidInput,
        format!("`{}` is no value for {property}", token.value),
    )
    .hint(format!("Write {expected}."))
}
