//! Devices that stand in the way of a plan.

use crate::{Error, ErrorCode, Problem};

/// Devices that a refusal names.
const NAMED: usize = 10;

/// Devices of one kind, the first ones with why.
#[derive(Default)]
pub(super) struct Met {
    count: usize,
    named: Vec<String>,
}

impl Met {
    pub(super) fn add(&mut self, thing: &str, why: &str) {
        self.count += 1;
        if self.named.len() < NAMED {
            self.named.push(if why.is_empty() {
                thing.to_owned()
            } else {
                format!("{thing}: {why}")
            });
        }
    }

    /// Whether the next one is named.
    pub(super) fn names_more(&self) -> bool {
        self.named.len() < NAMED
    }

    pub(super) fn refuse(&self, code: ErrorCode, message: &str, hint: &str) -> Result<(), Error> {
        if self.count == 0 {
            return Ok(());
        }
        let more = self.count - self.named.len();
        let mut detail = self.named.join("\n");
        if more > 0 {
            detail.push_str(&format!("\nand {more} more"));
        }
        Err(Problem::new(code, message).detail(detail).hint(hint).into())
    }
}
