//! Progress of long work: a bar on a terminal, else a line for each stage.

use std::{future::Future, io::IsTerminal};

use indicatif::{ProgressBar, ProgressStyle};
use overseed_engine::{
    Clock, Error,
    job::{Job, JobKind, Progress},
};
use tokio_util::sync::CancellationToken;

use crate::output::{Output, plain};

/// Width and place of all bars.
const TEMPLATE: &str = "{spinner} {msg} {wide_bar:.cyan} {human_pos}/{human_len} {prefix}";

/// The same where the whole is not known.
const OPEN_TEMPLATE: &str = "{spinner} {msg} {human_pos} {prefix}";

/// A bar or its lines.
#[derive(Debug)]
pub struct Shown {
    output: Output,
    bar: Option<ProgressBar>,
    said: String,
}

impl Shown {
    pub fn new(output: &Output) -> Self {
        let bar = std::io::stderr().is_terminal().then(ProgressBar::no_length);
        Self {
            output: output.clone(),
            bar,
            said: String::new(),
        }
    }

    /// Shows where the work is; off a terminal a line is written only when the stage is another one.
    pub fn show(&mut self, stage: &str, done: u64, total: Option<u64>, more: String) {
        let Some(bar) = &self.bar else {
            if self.said != stage && !stage.is_empty() {
                stage.clone_into(&mut self.said);
                self.output.note(stage);
            }
            return;
        };
        let template = if total.is_some() {
            TEMPLATE
        } else {
            OPEN_TEMPLATE
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        if let Some(total) = total {
            bar.set_length(total);
        }
        bar.set_message(plain(stage).into_owned());
        bar.set_prefix(plain(&more).into_owned());
        bar.set_position(done);
    }

    fn job(&mut self, job: &Job) {
        let more = job
            .eta
            .map_or_else(String::new, |eta| format!("{eta:.0} s left"));
        self.show(&job.stage, job.done, job.total, more);
    }

    /// Takes the bar away.
    pub fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Does long work and shows how far it is.
pub async fn watched<T, F>(
    output: &Output,
    kind: JobKind,
    clock: &Clock,
    cancel: &CancellationToken,
    work: impl FnOnce(Progress) -> F,
) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let (progress, mut job) = Progress::within(kind, clock.clone(), cancel.clone());
    let mut shown = Shown::new(output);
    let work = work(progress);
    tokio::pin!(work);
    let result = loop {
        tokio::select! {
            biased;
            result = &mut work => break result,
            changed = job.changed() => {
                // The sender lives in the work; where it is gone the work is at its end.
                if changed.is_err() {
                    break work.await;
                }
                if let Some(job) = job.borrow_and_update().as_ref() {
                    shown.job(job);
                }
            }
        }
    };
    shown.end();
    result
}
