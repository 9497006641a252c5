//! What a filter means: its tokens read into conditions, and the positions for which they hold.

use overseed_domain::Millis;

use super::{
    Filter, FilterOperation, FilterToken, Shape,
    bits::Bits,
    column::Test,
    index::{Index, NO_TIME},
    moment::{Moment, moment},
};
use crate::{ErrorCode, Problem};

/// A filter whose tokens have been read.
#[derive(Debug)]
pub(crate) struct Conditions {
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
    /// A text in one of these columns.
    Text(Vec<usize>, Test, String),
    /// A time of this column is at or after the first (where there is one) and before the second.
    Time(usize, Option<i64>, Option<i64>),
    /// One of these numbers of the store.
    Deployable(&'static [u8]),
    Selected(bool),
}

impl Conditions {
    /// Reads a filter; relative times count back from `now`.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidInput`] for an unknown property, an operator that the property does not have, or a
    /// value that cannot be read.
    pub(crate) fn read(
        shape: &'static Shape,
        filter: &Filter,
        now: Millis,
    ) -> Result<Self, Problem> {
        let conditions = filter
            .tokens
            .iter()
            .map(|token| condition(shape, token, now));
        Ok(Self {
            operation: filter.operation,
            conditions: conditions.collect::<Result<_, _>>()?,
        })
    }

    /// The positions for which the filter holds, `selected` being those that are selected.
    pub(crate) fn matches(&self, index: &Index, selected: &Bits) -> Bits {
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
            What::Text(columns, test, value) => {
                let mut bits = Bits::none(index.len());
                for &column in columns {
                    let value = if column == index.shape.id {
                        (index.shape.normal)(value)
                    } else {
                        value
                    };
                    if let Some(column) = index.texts.get(column) {
                        bits.or(&column.find(*test, value));
                    }
                }
                bits
            }
            What::Time(time, from, to) => {
                let times = index.times.get(*time).map_or(&[][..], Vec::as_slice);
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

fn condition(
    shape: &'static Shape,
    token: &FilterToken,
    now: Millis,
) -> Result<Condition, Problem> {
    let value = token.value.trim();
    let columns = match token.property.as_deref() {
        None => shape.free.to_vec(),
        Some("deployable") => {
            let word = value.to_ascii_lowercase();
            let known = shape.deployable.iter().find(|(known, _)| *known == word);
            let Some(&(_, numbers)) = known else {
                let words: Vec<_> = shape.deployable.iter().map(|(word, _)| *word).collect();
                return Err(unreadable(token, &format!("one of {}", words.join(", "))));
            };
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
        Some(property) => {
            if let Some(time) = shape.times.iter().position(|t| t.property == property) {
                return condition_of_time(token, time, value, now);
            }
            let column = shape.texts.iter().position(|t| t.property == property);
            vec![column.ok_or_else(|| unknown(shape, property))?]
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
    let several = columns
        .iter()
        .all(|&column| shape.texts.get(column).is_some_and(|text| text.several));
    let (test, value) = match test {
        // Each of several texts stands between line feeds.
        Test::Equals if several => (Test::Contains, format!("\n{value}\n")),
        Test::Begins if several => (Test::Contains, format!("\n{value}")),
        test => (test, value.to_owned()),
    };
    Ok(Condition {
        what: What::Text(columns, test, value),
        negated,
    })
}

fn unknown(shape: &Shape, property: &str) -> Problem {
    Problem::new(
        ErrorCode::InvalidInput,
        format!(
            "{} have no property `{property}` to filter by",
            shape.title()
        ),
    )
    .hint(format!("There are {}.", shape.properties()))
}

fn condition_of_time(
    token: &FilterToken,
    time: usize,
    value: &str,
    now: Millis,
) -> Result<Condition, Problem> {
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
