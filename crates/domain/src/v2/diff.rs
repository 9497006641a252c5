//! What differs between two deployment documents, as a device would see it.

use std::{borrow::Cow, collections::BTreeSet};

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    digest::{Canonical, plain},
    document::{ComponentSpec, DeploymentDocument, DeploymentPolicies},
    pin::Direction,
};

/// All that differs, by component name, policies last; and what does not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DocumentDiff {
    /// Empty where nothing changes for the device.
    pub changes: Vec<DocumentChange>,
    /// Components that stay as they are.
    pub kept: Vec<String>,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum DocumentChange {
    /// A component that was not there.
    ComponentAdded {
        /// Its name.
        component: String,
        /// Its version.
        version: String,
        /// What is merged over its default configuration, as canonical JSON.
        merge: Option<String>,
        /// JSON pointers that are reset, sorted; matters where the device has the component from elsewhere.
        reset: Vec<String>,
        /// Whom it runs as, as JSON; absent for the device's default.
        run_with: Option<String>,
    },
    /// A component that is taken off.
    ComponentRemoved {
        /// Its name.
        component: String,
        /// The version that it had.
        version: String,
    },
    /// Another version of a component.
    VersionChanged {
        /// Its name.
        component: String,
        /// The present version.
        from: String,
        /// The version that it gets.
        to: String,
        /// Whether that is later or earlier.
        direction: Direction,
    },
    /// Another configuration is merged.
    MergeChanged {
        /// The component.
        component: String,
        /// Canonical JSON; absent where nothing is merged.
        before: Option<String>,
        /// Canonical JSON; absent where nothing is merged.
        after: Option<String>,
    },
    /// Other paths are reset.
    ResetChanged {
        /// The component.
        component: String,
        /// JSON pointers, sorted.
        before: Vec<String>,
        /// JSON pointers, sorted.
        after: Vec<String>,
    },
    /// The component runs as someone else, or within other limits.
    RunWithChanged {
        /// The component.
        component: String,
        /// JSON; absent for the device's default.
        before: Option<String>,
        /// JSON; absent for the device's default.
        after: Option<String>,
    },
    /// A policy of the deployment changes; defaults are filled in.
    PolicyChanged {
        /// Which.
        policy: ChangedPolicy,
        /// Its word, or seconds.
        before: String,
        /// Its word, or seconds.
        after: String,
    },
}

/// The settings among the policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ChangedPolicy {
    /// Whether components are asked before an update.
    UpdateAction,
    /// Seconds that they have to answer.
    UpdateTimeout,
    /// Seconds that they have to look at their configuration.
    ValidationTimeout,
    /// What happens on failure.
    FailureHandling,
}

/// A component on one side, with its canonical form.
pub(crate) type Side<'a> = (&'a ComponentSpec, Cow<'a, Canonical>);

impl DocumentDiff {
    /// Whether nothing changes for the device.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// What differs. Without a present deployment everything is new. Empty just where both mean the same (see
    /// [`DeploymentDocument::same_as`]).
    #[must_use]
    pub fn between(before: Option<&DeploymentDocument>, after: &DeploymentDocument) -> Self {
        let nothing = DeploymentDocument::default();
        Self::of_two(before.unwrap_or(&nothing), after)
    }

    fn of_two<'a>(before: &'a DeploymentDocument, after: &'a DeploymentDocument) -> Self {
        let names: BTreeSet<&String> = before
            .components
            .keys()
            .chain(after.components.keys())
            .collect();
        let mut diff = Self::default();
        let side = |document: &'a DeploymentDocument, name: &str| -> Option<Side<'a>> {
            let spec = document.components.get(name)?;
            Some((spec, Cow::Owned(Canonical::of(spec))))
        };
        for name in names {
            diff.component(name, side(before, name), side(after, name));
        }
        diff.policies(
            before.deployment_policies.as_ref(),
            after.deployment_policies.as_ref(),
        );
        diff
    }

    pub(crate) fn component(
        &mut self,
        name: &str,
        before: Option<Side<'_>>,
        after: Option<Side<'_>>,
    ) {
        let component = name.to_owned();
        match (before, after) {
            (Some(before), Some(after)) => self.changed(component, before, after),
            (Some((before, _)), None) => self.changes.push(DocumentChange::ComponentRemoved {
                component,
                version: before.component_version.clone(),
            }),
            (None, Some((after, canonical))) => {
                let canonical = canonical.into_owned();
                self.changes.push(DocumentChange::ComponentAdded {
                    component,
                    version: after.component_version.clone(),
                    merge: canonical.merge,
                    reset: canonical.reset,
                    run_with: canonical.run_with,
                });
            }
            (None, None) => {}
        }
    }

    fn changed(&mut self, component: String, before: Side<'_>, after: Side<'_>) {
        let so_far = self.changes.len();
        let ((before, was), (after, is)) = (before, after);
        let (from, to) = (&before.component_version, &after.component_version);
        if from != to {
            self.changes.push(DocumentChange::VersionChanged {
                component: component.clone(),
                from: from.clone(),
                to: to.clone(),
                direction: Direction::between(from, to),
            });
        }
        if was.merge != is.merge {
            self.changes.push(DocumentChange::MergeChanged {
                component: component.clone(),
                before: was.merge.clone(),
                after: is.merge.clone(),
            });
        }
        if was.reset != is.reset {
            self.changes.push(DocumentChange::ResetChanged {
                component: component.clone(),
                before: was.reset.clone(),
                after: is.reset.clone(),
            });
        }
        if was.run_with != is.run_with {
            self.changes.push(DocumentChange::RunWithChanged {
                component: component.clone(),
                before: was.run_with.clone(),
                after: is.run_with.clone(),
            });
        }
        if self.changes.len() == so_far {
            self.kept.push(component);
        }
    }

    pub(crate) fn policies(
        &mut self,
        before: Option<&DeploymentPolicies>,
        after: Option<&DeploymentPolicies>,
    ) {
        let (before, after) = (words(before), words(after));
        for ((policy, before), (_, after)) in before.into_iter().zip(after) {
            if before != after {
                self.changes.push(DocumentChange::PolicyChanged {
                    policy,
                    before,
                    after,
                });
            }
        }
    }
}

fn words(policies: Option<&DeploymentPolicies>) -> [(ChangedPolicy, String); 4] {
    let all = DeploymentPolicies::effective(policies);
    let update = all.component_update_policy.unwrap_or_default();
    let validation = all.configuration_validation_policy.unwrap_or_default();
    let word = |json: String| json.trim_matches('"').to_owned();
    let seconds = |seconds: Option<i32>| seconds.unwrap_or_default().to_string();
    [
        (
            ChangedPolicy::FailureHandling,
            word(plain(&all.failure_handling_policy.unwrap_or_default())),
        ),
        (
            ChangedPolicy::UpdateAction,
            word(plain(&update.action.unwrap_or_default())),
        ),
        (
            ChangedPolicy::UpdateTimeout,
            seconds(update.timeout_in_seconds),
        ),
        (
            ChangedPolicy::ValidationTimeout,
            seconds(validation.timeout_in_seconds),
        ),
    ]
}
