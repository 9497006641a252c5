//! What is said of a run when a command that has followed it ends.

use overseed_domain::rollout::Generation;
use overseed_engine::{
    Error,
    review::Check,
    run::{HoldReason, RunSnapshot},
};
use serde_json::{Map, Value, json};

use super::{run::counted, waves};
use crate::output::{Output, word};

/// The last word on a run.
pub fn end(output: &Output, run: &RunSnapshot) -> Result<(), Error> {
    end_warned(output, run, &[])
}

/// The same where something was said before it began; in JSON it stands in the field `warnings`.
pub fn end_warned(output: &Output, run: &RunSnapshot, warned: &[Check]) -> Result<(), Error> {
    if output.is_json() {
        let mut line = line(run);
        if let (Value::Object(fields), false) = (&mut line, warned.is_empty()) {
            fields.insert("warnings".to_owned(), json!(warned));
        }
        return output.line(&line);
    }
    output.text(format_args!(
        "run {} {}: {}",
        run.row.id,
        word(&run.row.state),
        counted(&run.row.counts)
    ))?;
    let (several, generation) = (run.waves.len() > 1, run.row.generation);
    for wave in &run.waves {
        if several {
            output.text(waves::told(generation, wave))?;
        }
        if let Some(carried_out_as) = waves::carried_out_as(run, wave) {
            output.text(carried_out_as)?;
        }
        for words in &wave.errors {
            let speaker = waves::speaker(generation);
            output.text(format_args!("  {speaker} says: {words}"))?;
        }
    }
    for sentence in &run.discrepancies {
        output.text(format_args!("does not add up: {sentence}"))?;
    }
    if let Some(problem) = &run.problem {
        output.problem(problem);
    }
    if let Some(what) = unknown_in(run) {
        output.note(format_args!(
            "{} {} are unknown. {what}",
            run.row.counts.unknown,
            generation.targets()
        ));
    }
    if run.hold.is_some_and(HoldReason::is_decision) {
        let id = &run.row.id;
        output.note(format_args!(
            "The next wave waits. To start it: overseed-cli run continue {id}; to start no more: overseed-cli run stop {id}"
        ));
    }
    Ok(())
}

/// What can be done about the unknown targets of an ended run of our own.
fn unknown_in(run: &RunSnapshot) -> Option<String> {
    let over = run.row.state.is_terminal() && !run.row.foreign;
    if !over || run.row.counts.unknown == 0 {
        return None;
    }
    let id = &run.row.id;
    Some(match run.row.generation {
        Generation::V1 => {
            format!("To read their reports again, now or later: overseed-cli run read-again {id}")
        }
        Generation::V2 => format!(
            "To ask them again, now or later: overseed-cli run read-again {id}; to deploy to them again: overseed-cli run \
             retry {id} --state unknown --out retry.json"
        ),
    })
}

/// A run as one JSON object: the fields of its row, as `run list` has them, before all others.
pub fn line(run: &RunSnapshot) -> Value {
    match serde_json::to_value(run) {
        Ok(Value::Object(mut fields)) => {
            let mut all = match fields.remove("row") {
                Some(Value::Object(row)) => row,
                _ => Map::new(),
            };
            all.extend(fields);
            Value::Object(all)
        }
        Ok(other) => other,
        Err(error) => Value::String(error.to_string()),
    }
}
