//! ListDeployments: newest first, by target, by parent, with or without history.

use http::StatusCode;
use serde_json::Value;

use super::call::Call;
use super::cores::SITES;
use super::deployments::{Seen, Which};
use super::ledger::Target;
use super::place::TargetName;
use super::refusal::{Answer, Refusal};

impl Call<'_> {
    pub(crate) fn list_deployments(&self) -> Answer {
        let page = self.page(50, 100)?;
        let all = match self.request.query_value("historyFilter") {
            Some("ALL") => true,
            None | Some("" | "LATEST_ONLY") => false,
            Some(other) => {
                return Err(Refusal::field(
                    "historyFilter",
                    format!("Value '{other}' must be one of ALL, LATEST_ONLY"),
                ));
            }
        };
        let target = match self.request.query_value("targetArn") {
            None | Some("") => None,
            // A target that there is not has no deployments: the service knows no other answer.
            Some(arn) => match self.read_target(arn) {
                Err(refusal) if refusal.status == StatusCode::NOT_FOUND => {
                    return Ok(self.listed("deployments", Vec::new(), None));
                }
                target => Some(target?),
            },
        };
        let parent = match self.request.query_value("parentTargetArn") {
            None | Some("") => None,
            Some(arn) => match self.fixed.place.read_target(arn) {
                Some(TargetName::Group(name)) => Some(name),
                _ => {
                    return Err(Refusal::field(
                        "parentTargetArn",
                        format!("Value '{arn}' is not a thing group's ARN"),
                    ));
                }
            },
        };
        let wanted = |seen: &Seen| {
            (all || seen.latest)
                && parent.is_none_or(|parent| seen.parent.as_deref() == Some(parent))
        };
        if let Some(target) = target {
            let made = self.ledger.of_target(&target).iter().rev();
            let made = made.filter_map(|ordinal| self.see(Which::Made(*ordinal)));
            let seen = made.chain(self.seeded_for(&target)).filter(wanted);
            let entries = seen
                .map(|seen| Value::Object(self.deployment_entry(&seen)))
                .collect();
            return Ok(self.paged("deployments", page, entries));
        }
        // Places: those made here from the newest, then the seeded groups, then the seeded devices.
        let made = u64::try_from(self.ledger.made.len()).unwrap_or(0);
        let groups = made + u64::try_from(SITES.len()).unwrap_or(0) + 1;
        let end = groups + u64::from(self.fixed.cores.count);
        let mut entries = Vec::new();
        let mut next = None;
        for place in self.list_from(page.from, made)..end {
            let number = |from: u64| u32::try_from(place - from).unwrap_or(u32::MAX);
            let which = if place < made {
                Which::Made(u32::try_from(made - 1 - place).unwrap_or(u32::MAX))
            } else if place < groups {
                Which::OfGroup(number(made))
            } else {
                Which::OfCore(number(groups))
            };
            let Some(seen) = self.see(which).filter(wanted) else {
                continue;
            };
            if entries.len() == page.size {
                // Counted from the end, so that what is made meanwhile does not shift the pages.
                next = Some(end - place);
                break;
            }
            entries.push(Value::Object(self.deployment_entry(&seen)));
        }
        Ok(self.listed("deployments", entries, next))
    }

    /// The place from which a list goes on: tokens count from its end.
    fn list_from(&self, token: u64, made: u64) -> u64 {
        if token == 0 {
            return 0;
        }
        let sites = u64::try_from(SITES.len()).unwrap_or(0) + 1;
        (made + sites + u64::from(self.fixed.cores.count)).saturating_sub(token)
    }

    /// The target of an ARN, if there is such a thing or thing group.
    pub(crate) fn read_target(&self, arn: &str) -> Result<Target, Refusal> {
        match self.fixed.place.read_target(arn) {
            Some(TargetName::Thing(name)) => self
                .thing(name)
                .map(Target::Thing)
                .ok_or_else(|| Refusal::not_found("Thing", arn)),
            Some(TargetName::Group(name)) if self.group_exists(name) => {
                Ok(Target::Group(name.to_owned()))
            }
            Some(TargetName::Group(_)) => Err(Refusal::not_found("ThingGroup", arn)),
            None => Err(Refusal::field(
                "targetArn",
                format!(
                    "Value '{arn}' must satisfy regular expression pattern: arn:[^:]*:iot:[^:]*:[0-9]+:(thing|thinggroup)/.+ and be of this account and Region"
                ),
            )),
        }
    }
}
