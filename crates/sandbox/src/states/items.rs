//! What a map run reads and writes in S3.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};

use serde_json::{Value, json};

use super::files::{Included, Told};
use super::map_runs::{argument, child_name, unreadable};
use super::model::{Execution, Failure, Status};
use super::place::{Here, lost};
use super::run::{Extra, Place, Run};
use crate::cloud::Cloud;

/// The largest item (Developer Guide, "Step Functions quotas": input of an execution).
const LARGEST_ITEM: usize = 256 * 1024;
const WRITER_FAILED: &str = "States.ResultWriterFailed";

impl Run<'_> {
    /// Reads the items into a file of our own, and says how many they are.
    pub(super) fn take_items(
        &mut self,
        number: usize,
        place: Place,
        here: &Here,
    ) -> Result<u64, Failure> {
        let Some(reader) = here.get("ItemReader") else {
            let (items, _) = self.items(place, here)?;
            let files = self.files.get_mut(&number).ok_or_else(lost)?;
            return files
                .keep_items(items.into_iter().map(Ok))
                .map_err(|error| unreadable(&error));
        };
        let failed = |cause: String| Failure::new("States.ItemReaderFailed", cause);
        let template = reader.get("Arguments").unwrap_or(&Value::Null);
        let arguments = self.fill(place, template, Extra::default())?;
        let bucket = argument(&arguments, "Bucket", "States.ItemReaderFailed")?;
        let key = argument(&arguments, "Key", "States.ItemReaderFailed")?;
        let role = self.inside.role(self.asking(place)?)?;
        let region = &self.inside.world.settings.region;
        let object = self
            .inside
            .world
            .object_as(&role, bucket, key, region)
            .map_err(|why| {
                failed(format!(
                    "Attempting to read '{key}' of the bucket '{bucket}': {why}"
                ))
            })?;
        let file = File::open(&object.path).map_err(|error| unreadable(&error))?;
        let lines = reader
            .pointer("/ReaderConfig/InputType")
            .is_some_and(|kind| kind == "JSONL");
        let files = self.files.get_mut(&number).ok_or_else(lost)?;
        let kept = if lines {
            files.keep_items(lines_of(BufReader::new(file)))
        } else {
            match serde_json::from_reader(BufReader::new(file)) {
                Ok(Value::Array(items)) => files.keep_items(items.into_iter().map(Ok)),
                Ok(_) => return Err(failed(format!("'{key}' is no JSON array."))),
                Err(error) => return Err(failed(format!("'{key}' is no JSON: {error}"))),
            }
        };
        match kept.map_err(|error| unreadable(&error))? {
            0 => Err(failed(format!(
                "'{key}' of the bucket '{bucket}' has no items."
            ))),
            count => Ok(count),
        }
    }

    /// Writes the results and gives the state's result: where they are, or the children's outputs where no writer is
    /// asked for.
    pub(super) fn write_results(
        &mut self,
        number: usize,
        place: Place,
        here: &Here,
    ) -> Result<Value, Failure> {
        let Some(writer) = here.get("ResultWriter") else {
            return self.outputs(number);
        };
        let failed = |error: &dyn std::fmt::Display| Failure::new(WRITER_FAILED, error.to_string());
        let template = writer.get("Arguments").unwrap_or(&Value::Null);
        let arguments = self.fill(place, template, Extra::default())?;
        let bucket = argument(&arguments, "Bucket", WRITER_FAILED)?;
        let prefix = arguments
            .get("Prefix")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let prefix = prefix.trim_end_matches('/');
        let run = self.map_run(number).ok_or_else(lost)?.clone();
        let under = if prefix.is_empty() {
            run.id.clone()
        } else {
            format!("{prefix}/{}", run.id)
        };
        let asking = self.asking(place)?;
        let role = self.inside.role(asking)?;
        let world = &self.inside.world;
        let put = |key: &str, write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>| {
            world
                .put_as(&role, bucket, key, "application/json", write)
                .map_err(|why| {
                    Failure::new(
                        WRITER_FAILED,
                        format!("'{key}' of the bucket '{bucket}': {why}"),
                    )
                })
        };
        let files = self.files.get(&number).ok_or_else(lost)?;
        let mut listed = serde_json::Map::new();
        for (kind, wanted) in [
            (
                "FAILED",
                &[Status::Failed, Status::TimedOut, Status::Aborted][..],
            ),
            ("PENDING", &[]),
            ("SUCCEEDED", &[Status::Succeeded]),
        ] {
            let places = files
                .marks
                .iter()
                .enumerate()
                .filter(|(_, mark)| wanted.contains(&mark.status));
            let places: Vec<usize> = places.map(|(place, _)| place).collect();
            let mut results = Vec::new();
            if !places.is_empty() {
                let key = format!("{under}/{kind}_0.json");
                let size = put(&key, &mut |file| {
                    let mut file = BufWriter::new(file);
                    for (count, place) in places.iter().enumerate() {
                        file.write_all(if count == 0 { b"[" } else { b"," })?;
                        serde_json::to_writer(&mut file, &told(&files.child(*place)?, &run.label))?;
                    }
                    file.write_all(b"]")?;
                    file.flush()
                })?;
                results.push(json!({ "Key": key, "Size": size }));
            }
            listed.insert(kind.to_owned(), results.into());
        }
        let manifest =
            json!({ "DestinationBucket": bucket, "MapRunArn": run.arn, "ResultFiles": listed });
        let key = format!("{under}/manifest.json");
        put(&key, &mut |file| {
            serde_json::to_writer(file, &manifest).map_err(io::Error::from)
        })?;
        let count = u64::try_from(files.marks.len()).unwrap_or(u64::MAX);
        if let Some(run) = self.map_run(number) {
            run.written = count;
        }
        serde_json::to_value(json!({
            "MapRunArn": run.arn,
            "ResultWriterDetails": { "Bucket": bucket, "Key": key },
        }))
        .map_err(|error| failed(&error))
    }

    /// The outputs of all children, in the order of their items.
    fn outputs(&mut self, number: usize) -> Result<Value, Failure> {
        let files = self.files.get(&number).ok_or_else(lost)?;
        let total = self.state.map_runs.get(number).ok_or_else(lost)?.total;
        let seed = self.inside.seed();
        let marks = files.marks.iter().enumerate();
        let places: HashMap<&str, usize> = marks
            .map(|(place, mark)| (mark.name.as_str(), place))
            .collect();
        let mut outputs = Vec::new();
        for item in 0..total {
            let Some(place) = places.get(child_name(seed, number, item).as_str()) else {
                continue;
            };
            let child = files.child(*place).map_err(|error| unreadable(&error))?;
            outputs.push(child.end.and_then(|end| end.output).unwrap_or_default());
        }
        Ok(Value::Array(outputs))
    }
}

/// The values of JSON lines; empty lines are none.
fn lines_of(mut reader: impl BufRead) -> impl Iterator<Item = io::Result<Value>> {
    let mut number = 0_u64;
    std::iter::from_fn(move || {
        loop {
            number += 1;
            let mut line = Vec::new();
            return match reader.read_until(b'\n', &mut line) {
                Err(error) => Some(Err(error)),
                Ok(0) => None,
                Ok(_) if line.trim_ascii().is_empty() => continue,
                Ok(size) if size > LARGEST_ITEM => Some(Err(io::Error::other(format!(
                    "line {number} is longer than 256 KiB"
                )))),
                Ok(_) => Some(serde_json::from_slice(&line).map_err(|error| {
                    io::Error::other(format!("line {number} is no JSON: {error}"))
                })),
            };
        }
    })
}

/// A child as the results tell it.
fn told(child: &Execution, label: &str) -> Told {
    let status = child
        .end
        .as_ref()
        .map_or("RUNNING", |end| end.status.name());
    let succeeded = status == "SUCCEEDED";
    let output = child.end.as_ref().and_then(|end| end.output.as_ref());
    let error = child.end.as_ref().and_then(|end| end.error.as_ref());
    let stopped = child.end.as_ref().map_or(child.started_ms, |end| end.at_ms);
    Told {
        execution_arn: child.arn.clone(),
        input: child.input.to_string(),
        input_details: Included { included: true },
        name: child.name.clone(),
        output: output.map(Value::to_string),
        output_details: output.map(|_| Included { included: true }),
        error: error.map(|failure| failure.error.clone()),
        cause: error.map(|failure| failure.cause.clone()),
        redrive_count: 0,
        redrive_status: if succeeded {
            "NOT_REDRIVABLE"
        } else {
            "REDRIVABLE_BY_MAP_RUN"
        },
        redrive_status_reason: succeeded.then_some("Execution is SUCCEEDED and cannot be redriven"),
        start_date: super::text_of(child.started_ms),
        state_machine_arn: format!("{}/{label}", child.machine_arn),
        status,
        stop_date: super::text_of(stopped),
    }
}
