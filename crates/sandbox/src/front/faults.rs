//! Faults on order, and the count of calls.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// The call is answered with this status (500 or 503) and not carried out.
    Status(u16),
    /// The call is refused as too frequent, in the service's way.
    Throttle,
    /// The connection is closed before anything is carried out.
    Reset,
    /// The call is carried out and the connection closed without an answer.
    LostAnswer,
    /// The call waits so many real milliseconds first.
    Delay(u64),
    /// Nothing is carried out and nothing answered; the connection stays open until the caller gives up.
    Stall,
    /// The call is carried out and nothing answered; the connection stays open until the caller gives up.
    Silence,
    /// The call is carried out, and its answer ends in the middle.
    CutBody,
    /// The credentials are said to have ended.
    ExpiredCredentials,
    /// The caller's clock is said to be wrong.
    ClockSkew,
}

/// An order: what goes wrong, at which operation, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// Such as `StartBulkDeployment`, or `s3:PutObject` where two services share a name; `*` for every one.
    pub operation: String,
    /// What goes wrong.
    pub kind: FaultKind,
    /// How many calls it hits; always if there is none.
    #[serde(default)]
    pub times: Option<u64>,
    /// How many calls it lets pass first.
    #[serde(default)]
    pub after: u64,
}

impl Fault {
    /// A fault that hits the next call of an operation, once.
    #[must_use]
    pub fn once(operation: &str, kind: FaultKind) -> Self {
        Self {
            operation: operation.to_owned(),
            kind,
            times: Some(1),
            after: 0,
        }
    }
}

/// The faults on order and the calls that came, shared by front and tests.
#[derive(Debug, Default)]
pub struct Faults {
    orders: Mutex<Vec<(Fault, u64)>>,
    calls: Mutex<BTreeMap<String, u64>>,
}

impl Faults {
    /// Orders a fault.
    pub fn add(&self, fault: Fault) {
        self.orders
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((fault, 0));
    }

    /// Takes all orders back.
    pub fn clear(&self) {
        self.orders
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// The orders that can still hit.
    #[must_use]
    pub fn on_order(&self) -> Vec<Fault> {
        let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.iter().map(|(fault, _)| fault.clone()).collect()
    }

    /// How often an operation was called: `PutObject`, or `s3:PutObject`.
    #[must_use]
    pub fn calls(&self, operation: &str) -> u64 {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls
            .iter()
            .filter(|(name, _)| is(operation, name))
            .map(|(_, count)| count)
            .sum()
    }

    /// All counts, by `service:Operation`.
    #[must_use]
    pub fn all_calls(&self) -> BTreeMap<String, u64> {
        self.calls
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Counts a call of `service:Operation` and says what goes wrong with it.
    pub(crate) fn meet(&self, name: &str) -> Option<FaultKind> {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        *calls.entry(name.to_owned()).or_default() += 1;
        drop(calls);
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let mut hit = None;
        for (fault, seen) in orders
            .iter_mut()
            .filter(|(fault, _)| is(&fault.operation, name))
        {
            *seen += 1;
            if *seen > fault.after && hit.is_none() {
                hit = Some(fault.kind.clone());
                break;
            }
        }
        orders.retain(|(fault, seen)| {
            fault
                .times
                .is_none_or(|times| *seen < fault.after.saturating_add(times))
        });
        hit
    }
}

fn is(asked: &str, name: &str) -> bool {
    asked == "*" || asked == name || name.split_once(':').is_some_and(|(_, bare)| bare == asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_waits_hits_and_is_gone() {
        let faults = Faults::default();
        let kind = FaultKind::Status(503);
        faults.add(Fault {
            operation: "PutObject".to_owned(),
            kind,
            times: Some(2),
            after: 1,
        });
        let hits: Vec<bool> = (0..5)
            .map(|_| faults.meet("s3:PutObject").is_some())
            .collect();
        assert_eq!(hits, [false, true, true, false, false]);
        assert_eq!(faults.meet("s3:GetObject"), None);
        assert_eq!(faults.calls("PutObject"), 5);
        assert_eq!(faults.calls("iam:PutObject"), 0);
        assert!(faults.on_order().is_empty());
    }

    #[test]
    fn an_order_reads_from_json() -> Result<(), serde_json::Error> {
        let text = r#"[{"operation":"*","kind":"reset"},{"operation":"ListGroups","kind":{"delay":20},"times":3,"after":2}]"#;
        let faults: Vec<Fault> = serde_json::from_str(text)?;
        assert_eq!(faults.len(), 2);
        let delay = Fault {
            operation: "ListGroups".to_owned(),
            kind: FaultKind::Delay(20),
            times: Some(3),
            after: 2,
        };
        assert_eq!(faults.last(), Some(&delay));
        Ok(())
    }
}
