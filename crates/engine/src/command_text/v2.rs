//! The commands of runs of Greengrass V2.

use super::shell::Aws;
use crate::run::CallText;

/// Calls as commands, each with its note above it; those that are only to be known of are comments.
pub(super) fn commands(aws: &Aws, calls: &[CallText]) -> String {
    let mut lines = Vec::with_capacity(calls.len());
    for call in calls {
        if let Some(note) = &call.note {
            lines.push(format!("# {note}:"));
        }
        let words: Vec<(&str, &str)> = call
            .words
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let command = aws.command(call.call, &words);
        lines.push(if call.aside {
            format!("# {command}")
        } else {
            command
        });
    }
    lines.push(String::new());
    lines.join("\n")
}
