//! What the state machine that makes deployments may do, and who may start it with its role.

use super::{Grant, STEP_FUNCTIONS};
use crate::permissions::{Document, Objects, Place, Statement};

/// Targets that are named one by one at most: an inline policy has 10,240 characters (IAM), each target's ARN stands in it
/// twice.
const NAMED_TARGETS: usize = 40;

/// The deployment engine of one account and Region.
#[derive(Debug, Clone, Copy)]
pub struct EngineRole<'a> {
    /// Where it is.
    pub place: &'a Place,
    /// The state machine's name.
    pub state_machine: &'a str,
    /// The bucket with plans and results.
    pub bucket: &'a str,
    /// The plans that it reads.
    pub plans: &'a Objects,
    /// Where it writes results.
    pub results: &'a Objects,
    /// The things it deploys to; empty means any thing of the account and Region.
    pub things: &'a [String],
}

impl EngineRole<'_> {
    fn arn(&self, service: &str, resource: &str) -> String {
        let Place {
            partition,
            region,
            account,
        } = self.place;
        format!("arn:{partition}:{service}:{region}:{account}:{resource}")
    }

    /// Whether targets are named one by one: few enough, and some.
    fn names_targets(&self) -> bool {
        (1..=NAMED_TARGETS).contains(&self.things.len())
    }

    fn targets(&self, service: &str, kind: &str) -> Vec<String> {
        if self.names_targets() {
            let things = self.things.iter();
            things
                .map(|thing| self.arn(service, &format!("{kind}{thing}")))
                .collect()
        } else {
            vec![self.arn(service, &format!("{kind}*"))]
        }
    }

    /// What naming no single targets widens, in a sentence; absent where it widens nothing.
    #[must_use]
    pub fn widened(&self) -> Option<String> {
        (self.things.len() > NAMED_TARGETS).then(|| {
            format!(
                "More than {NAMED_TARGETS} devices do not fit into a policy one by one: the role may deploy to every thing of the account in {}.",
                self.place.region
            )
        })
    }
}

/// The trust policy of the engine's role: Step Functions, for this state machine of this account only (Step Functions
/// Developer Guide: "Cross-service confused deputy prevention").
#[must_use]
pub fn engine_role_trust(role: &EngineRole<'_>) -> Document {
    let machine = role.arn("states", &format!("stateMachine:{}", role.state_machine));
    let statement = Statement::trust("OverseedStepFunctions", STEP_FUNCTIONS)
        .when("StringEquals", "aws:SourceAccount", &role.place.account)
        .when("ArnLike", "aws:SourceArn", &machine);
    Document::new(vec![statement])
}

/// What the engine needs (facts; service authorization reference of AWS IoT Greengrass V2, AWS IoT and Step Functions; Step
/// Functions Developer Guide: "IAM policies for using Distributed Map states").
#[must_use]
pub fn engine_grants(role: &EngineRole<'_>) -> Vec<Grant> {
    let machine = role.state_machine;
    let bucket = |objects: &Objects| objects.arn(role.place.partition, role.bucket);
    vec![
        Grant::new(
            "OverseedCreateDeployments",
            &["greengrass:CreateDeployment", "greengrass:ListDeployments"],
            "To make each device's deployment, and to see first which one it has. IAM knows no resources of these \
             two actions: the rights on things say which devices.",
        )
        .on(["*".to_owned()]),
        Grant::new(
            "OverseedLookAtDeployments",
            &["greengrass:GetDeployment", "greengrass:TagResource"],
            "To tag each deployment with its run and wave, by which it is found again, and to read how it stands.",
        )
        .on([role.arn("greengrass", "deployments:*")]),
        Grant::new(
            "OverseedEffectiveDeployments",
            &["greengrass:ListEffectiveDeployments"],
            "To ask whether a device has taken its deployment, and why not.",
        )
        .on(role.targets("greengrass", "coreDevices:")),
        Grant::new(
            "OverseedJobs",
            &[
                "iot:CreateJob",
                "iot:CancelJob",
                "iot:UpdateJob",
                "iot:DescribeJob",
                "iot:DescribeJobExecution",
            ],
            "To make a deployment, Greengrass makes a job of AWS IoT in the caller's name. The job is named only then, so \
             any name is allowed.",
        )
        .on(std::iter::once(role.arn("iot", "job/*")).chain(role.targets("iot", "thing/"))),
        Grant::new(
            "OverseedThings",
            &[
                "iot:DescribeThing",
                "iot:GetThingShadow",
                "iot:UpdateThingShadow",
                "iot:DeleteThingShadow",
            ],
            "To make a deployment, Greengrass also writes it into the thing's shadow in the caller's name.",
        )
        .on(role.targets("iot", "thing/")),
        Grant::new(
            "OverseedThingGroups",
            &["iot:DescribeThingGroup"],
            "To ask for a device's deployments: Greengrass looks at the thing groups that they come from.",
        )
        .on([role.arn("iot", "thinggroup/*")]),
        Grant::new(
            "OverseedMap",
            &["states:StartExecution"],
            "To start an execution of the state machine for each line of the plan: a Distributed Map starts itself.",
        )
        .on([role.arn("states", &format!("stateMachine:{machine}"))]),
        Grant::new(
            "OverseedMapExecutions",
            &["states:DescribeExecution", "states:StopExecution"],
            "To follow the executions that it has started, and to stop them with the run.",
        )
        .on([
            role.arn("states", &format!("execution:{machine}:*")),
            role.arn("states", &format!("execution:{machine}/*")),
        ]),
        Grant::new("OverseedPlans", &["s3:GetObject"], "To read the plan's lines from the bucket.").on([bucket(role.plans)]),
        Grant::new(
            "OverseedResults",
            &[
                "s3:PutObject",
                "s3:GetObject",
                "s3:ListMultipartUploadParts",
                "s3:AbortMultipartUpload",
            ],
            "To write what became of each device into the bucket, in parts where that is much.",
        )
        .on([bucket(role.results)]),
    ]
}

/// The statement by which someone may pass the engine's role to Step Functions and to nothing else.
#[must_use]
pub fn engine_pass_role(role_arn: &str) -> Statement {
    Statement::allow(
        "OverseedPassEngineRole",
        &["iam:PassRole"],
        &[role_arn.to_owned()],
    )
    .when("StringEquals", "iam:PassedToService", STEP_FUNCTIONS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Partition, permissions::Objects};

    #[test]
    fn each_right_says_first_what_it_is_for_and_is_no_essay() {
        let place = Place {
            partition: Partition::Aws,
            region: "eu-west-1".to_owned(),
            account: "000000000000".to_owned(),
        };
        let objects = Objects::Prefix("overseed".to_owned());
        let role = EngineRole {
            place: &place,
            state_machine: "overseed-run",
            bucket: "plans",
            plans: &objects,
            results: &objects,
            things: &[],
        };
        for Grant { sid, reason, .. } in engine_grants(&role) {
            assert!(
                reason.starts_with("To ") && reason.ends_with('.'),
                "{sid}: {reason}"
            );
            assert!(reason.len() <= 160, "{sid}: {reason}");
        }
    }
}
