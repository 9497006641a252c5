//! What the user wants changed: for all targets, for those of a filter, or for one.
//!
//! Intents are layers: of what they say about one component, policy or name, the later one wins; configurations of
//! several layers are merged one over the other. What no layer names stays as it is on each target.

use crate::figures::{bytes, grouped};
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use specta::Type;

use super::{
    document::{DeploymentPolicies, MERGE_BYTES, RESET_CHARS, RunWith},
    finding::{PlanFinding, PlanFindingCode as Code},
    job::IotJobConfiguration,
    json, pin,
    template::{Met, Shape, Template, Unclosed},
};

/// What is to be changed on targets.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Intent {
    /// By component name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub components: BTreeMap<String, ComponentIntent>,
    /// Policies that are put over the present ones; what is absent stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policies: Option<DeploymentPolicies>,
    /// The deployment's name, a template; the present one stays where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_name: Option<String>,
    /// How the job is rolled out; for thing groups only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iot_job_configuration: Option<IotJobConfiguration>,
}

/// What is to become of one component.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(
    tag = "change",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum ComponentIntent {
    /// It stays as it is on the target, whatever earlier layers say.
    Keep,
    /// It is taken off.
    Remove,
    /// It is added or changed.
    Set(ComponentSet),
}

/// How a component is added or changed. What is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ComponentSet {
    /// One exact version, a template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// A JSON object as text, its texts being templates. It is merged over the present merge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge: Option<String>,
    /// JSON pointers of what goes back to its default. They are taken out of the present merge before the new one is
    /// merged over it, as the device resets before it merges.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reset: Vec<String>,
    /// Whom it runs as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_with: Option<RunWith>,
    /// Leaves targets alone that neither have the component nor get it by another layer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub where_present: bool,
}

/// An intent that has been read: its JSON, templates and pointers.
#[derive(Debug, Clone, Default)]
pub struct Compiled {
    pub(crate) components: BTreeMap<String, Op>,
    pub(crate) policies: Option<DeploymentPolicies>,
    pub(crate) name: Option<Template>,
    pub(crate) job: Option<IotJobConfiguration>,
    findings: Vec<PlanFinding>,
    names: BTreeSet<String>,
}

#[derive(Debug, Clone)]
pub(crate) enum Op {
    Keep,
    Remove,
    Set(Box<Set>),
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Set {
    pub(crate) version: Option<Template>,
    pub(crate) merge: Option<Shape>,
    pub(crate) reset: Vec<(String, Vec<String>)>,
    pub(crate) run_with: Option<RunWith>,
    pub(crate) where_present: bool,
}

impl Intent {
    /// Reads JSON, templates and pointers once for all targets.
    #[must_use]
    pub fn compile(&self) -> Compiled {
        let mut compiled = Compiled {
            policies: self.policies.clone(),
            job: self.iot_job_configuration.clone(),
            ..Compiled::default()
        };
        for (name, wanted) in &self.components {
            if name.is_empty() {
                compiled.findings.push(PlanFinding::of(
                    Code::BadComponentName,
                    name,
                    "A component has no name. Give its name.".to_owned(),
                ));
            }
            let op = match wanted {
                ComponentIntent::Keep => Op::Keep,
                ComponentIntent::Remove => Op::Remove,
                ComponentIntent::Set(set) => Op::Set(Box::new(compiled.set(name, set))),
            };
            compiled.components.insert(name.clone(), op);
        }
        if let Some(name) = &self.deployment_name {
            compiled.name = compiled.template(None, "The deployment's name", name);
        }
        compiled.timeouts();
        compiled
    }
}

impl Compiled {
    /// What is wrong with it for any target.
    #[must_use]
    pub fn findings(&self) -> &[PlanFinding] {
        &self.findings
    }

    /// Whether nothing can be deployed with it.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.code.is_refused())
    }

    /// The names that its templates want, `thingName` among them where it is used.
    #[must_use]
    pub const fn names(&self) -> &BTreeSet<String> {
        &self.names
    }

    fn set(&mut self, component: &str, set: &ComponentSet) -> Set {
        let version = set
            .version
            .as_ref()
            .and_then(|version| self.version(component, version));
        let merge = set
            .merge
            .as_ref()
            .and_then(|merge| self.merge(component, merge));
        let mut reset = Vec::new();
        for text in &set.reset {
            match json::pointer(text).filter(|_| text.chars().count() <= RESET_CHARS) {
                Some(path) => reset.push((text.clone(), path)),
                None => self.findings.push(bad_reset(component, text)),
            }
        }
        if is_wrapped(component) {
            self.wrapped(component, merge.as_ref(), &reset);
        }
        Set {
            version,
            merge: merge.map(|value| {
                let mut met = Met::default();
                let shape = Shape::of(value, &mut met);
                self.met(component, met);
                shape
            }),
            reset,
            run_with: set.run_with.clone(),
            where_present: set.where_present,
        }
    }

    fn version(&mut self, component: &str, version: &str) -> Option<Template> {
        let template = self.template(Some(component), "The version", version)?;
        if template.names().next().is_none() && !pin::is_exact(version) {
            self.findings.push(not_exact(component, version));
        }
        Some(template)
    }

    fn template(&mut self, component: Option<&str>, what: &str, text: &str) -> Option<Template> {
        match Template::parse(text) {
            Ok(template) => {
                self.names.extend(template.names().map(str::to_owned));
                Some(template)
            }
            Err(Unclosed(name)) => {
                self.findings.push(unclosed(component, what, &name));
                None
            }
        }
    }

    fn merge(&mut self, component: &str, text: &str) -> Option<Value> {
        if text.len() > MERGE_BYTES {
            self.findings.push(PlanFinding::of(
                Code::MergeTooLong,
                component,
                format!(
                    "The configuration of {component} has {}; at most {} are taken.",
                    bytes(text.len()),
                    grouped(MERGE_BYTES)
                ),
            ));
        }
        let read = match json::read(text) {
            Ok(read) => read,
            Err(error) => {
                let message = format!(
                    "The configuration of {component} is not JSON: {error}. Write one JSON object."
                );
                self.findings
                    .push(PlanFinding::of(Code::MergeNotJson, component, message));
                return None;
            }
        };
        for path in read.repeated {
            let message = format!(
                "{path} stands twice in the configuration of {component}. Leave one of them: only the last would count."
            );
            self.findings
                .push(PlanFinding::of(Code::RepeatedKey, component, message));
        }
        if !read.value.is_object() {
            let message =
                format!("The configuration of {component} is no JSON object. Put it in braces.");
            self.findings
                .push(PlanFinding::of(Code::MergeNotObject, component, message));
            return None;
        }
        if let Some(number) = json::rounded_number(text) {
            self.findings.push(rounded(component, number));
        }
        Some(read.value)
    }

    /// Components whose program reads below `Parameters` do not see what stands beside it.
    fn wrapped(&mut self, component: &str, merge: Option<&Value>, reset: &[(String, Vec<String>)]) {
        let beside: BTreeSet<&str> = merge
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter(|(key, value)| !is_beside(key) || (*key == "Parameters" && !value.is_object()))
            .map(|(key, _)| key.as_str())
            .chain(
                reset
                    .iter()
                    .filter_map(|(_, path)| path.first())
                    .map(String::as_str)
                    .filter(|key| !is_beside(key)),
            )
            .collect();
        if beside.is_empty() {
            return;
        }
        let message = format!(
            "{component} reads its configuration below `Parameters`, where {} would not be. Write {{\"Parameters\": {{…}}}} \
             around it, and /Parameters/ before paths.",
            Vec::from_iter(beside).join(", ")
        );
        self.findings
            .push(PlanFinding::of(Code::NotWrapped, component, message));
    }

    fn met(&mut self, component: &str, met: Met) {
        self.names.extend(met.names);
        for name in met.unclosed {
            self.findings
                .push(unclosed(Some(component), "The configuration", &name));
        }
        for key in met.in_keys {
            let message = format!(
                "The key `{key}` in the configuration of {component} stays as it is written: only values are filled \
                 for each target."
            );
            self.findings
                .push(PlanFinding::of(Code::TemplateInKey, component, message));
        }
    }

    fn timeouts(&mut self) {
        let Some(policies) = &self.policies else {
            return;
        };
        let given = [
            policies
                .component_update_policy
                .and_then(|policy| policy.timeout_in_seconds),
            policies
                .configuration_validation_policy
                .and_then(|policy| policy.timeout_in_seconds),
        ];
        for seconds in given.into_iter().flatten().filter(|seconds| *seconds < 0) {
            let message = format!("A policy's timeout is {seconds} seconds. Give zero or more.");
            self.findings
                .push(PlanFinding::whole(Code::BadTimeout, message));
        }
    }
}

/// Whether the component's program reads its configuration below `Parameters` (the recipes of Edge Impulse).
fn is_wrapped(component: &str) -> bool {
    component.to_ascii_lowercase().contains("edgeimpulse")
}

/// What may stand at the top of such a configuration: `accessControl` is read by the nucleus itself.
fn is_beside(key: &str) -> bool {
    matches!(key, "Parameters" | "accessControl")
}

pub(crate) fn not_exact(component: &str, version: &str) -> PlanFinding {
    let message = format!(
        "`{version}` is not an exact version of {component}. Write major.minor.patch, such as 1.0.0: a deployment \
         pins one version."
    );
    PlanFinding::of(Code::VersionNotExact, component, message)
}

pub(crate) fn rounded(component: &str, number: &str) -> PlanFinding {
    let message = format!(
        "The number {number} in the configuration of {component} has more digits than are kept. Write it as a text in \
         quotes."
    );
    PlanFinding::of(Code::NumberRounded, component, message)
}

fn bad_reset(component: &str, path: &str) -> PlanFinding {
    let message = format!(
        "`{path}` is no path that can be reset for {component}. Write a JSON pointer of up to {RESET_CHARS} \
         characters, such as /network/port, or an empty one for all."
    );
    PlanFinding::of(Code::BadResetPath, component, message)
}

fn unclosed(component: Option<&str>, what: &str, name: &str) -> PlanFinding {
    let message = format!(
        "{what} has a brace before `{name}` that is not closed. Write {{{name}}}, or {{{{ for a brace."
    );
    PlanFinding {
        code: Code::UnclosedTemplate,
        component: component.map(str::to_owned),
        message,
    }
}
