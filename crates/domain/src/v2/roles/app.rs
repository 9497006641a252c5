//! The least rights of whoever uses this app for core devices.

use super::engine_pass_role;
use crate::permissions::{Document, Objects, POLICY_PATH, Place, Statement};

/// What of the app someone uses.
#[derive(Debug, Clone, Copy)]
pub struct AppRights<'a> {
    /// Where.
    pub place: &'a Place,
    /// ARN of the devices' role.
    pub device_role: &'a str,
    /// Where Step Functions makes the deployments.
    pub engine: Option<AppEngine<'a>>,
}

/// The engine that someone uses.
#[derive(Debug, Clone, Copy)]
pub struct AppEngine<'a> {
    /// ARN of its role.
    pub role: &'a str,
    /// The bucket with plans and results.
    pub bucket: &'a str,
    /// The objects in it.
    pub objects: &'a Objects,
}

/// The policy: devices, components as they are (publishing is apart), plans, runs and the two roles. Sources: service
/// authorization reference of AWS IoT Greengrass V2 (CreateDeployment with its dependent actions), AWS IoT, Step
/// Functions, Secrets Manager, IAM, Amazon S3.
#[must_use]
pub fn app_document_v2(rights: &AppRights<'_>) -> Document {
    let Place {
        partition,
        region,
        account,
    } = rights.place;
    let star = || vec!["*".to_owned()];
    let here = |service: &str, resource: &str| {
        format!("arn:{partition}:{service}:{region}:{account}:{resource}")
    };
    let iam = |path: &str| format!("arn:{partition}:iam::{account}:{path}");
    let mut statements = vec![
        // These know no resources.
        Statement::allow(
            "OverseedList",
            &[
                "greengrass:ListCoreDevices",
                "greengrass:ListDeployments",
                "greengrass:CreateDeployment",
                "greengrass:ListComponents",
                "iot:ListThingGroups",
            ],
            &star(),
        ),
        Statement::allow(
            "OverseedCoreDevices",
            &[
                "greengrass:GetCoreDevice",
                "greengrass:ListEffectiveDeployments",
                "greengrass:ListInstalledComponents",
            ],
            &[here("greengrass", "coreDevices:*")],
        ),
        Statement::allow(
            "OverseedDeployments",
            &[
                "greengrass:GetDeployment",
                "greengrass:CancelDeployment",
                "greengrass:TagResource",
            ],
            &[here("greengrass", "deployments:*")],
        ),
        Statement::allow(
            "OverseedComponents",
            &["greengrass:ListComponentVersions"],
            &[
                here("greengrass", "components:*"),
                format!("arn:{partition}:greengrass:{region}:aws:components:*"),
            ],
        ),
        Statement::allow(
            "OverseedComponentVersions",
            &["greengrass:GetComponent", "greengrass:DescribeComponent"],
            &[
                here("greengrass", "components:*:versions:*"),
                format!("arn:{partition}:greengrass:{region}:aws:components:*:versions:*"),
            ],
        ),
        Statement::allow(
            "OverseedSecretsThere",
            &["secretsmanager:DescribeSecret"],
            &[here("secretsmanager", "secret:*")],
        ),
        Statement::allow(
            "OverseedJobs",
            &[
                "iot:CreateJob",
                "iot:CancelJob",
                "iot:UpdateJob",
                "iot:DescribeJob",
                "iot:ListJobExecutionsForJob",
            ],
            &[here("iot", "job/*")],
        ),
        // A job is created for things or groups as well as by its name.
        Statement::allow(
            "OverseedJobTargets",
            &["iot:CreateJob"],
            &[here("iot", "thing/*"), here("iot", "thinggroup/*")],
        ),
        Statement::allow(
            "OverseedThings",
            &[
                "iot:DescribeThing",
                "iot:ListThingGroupsForThing",
                "iot:GetThingShadow",
                "iot:UpdateThingShadow",
                "iot:DeleteThingShadow",
            ],
            &[here("iot", "thing/*")],
        ),
        Statement::allow(
            "OverseedThingGroups",
            &["iot:DescribeThingGroup", "iot:ListThingsInThingGroup"],
            &[here("iot", "thinggroup/*")],
        ),
        // Only the groups that the app makes for waves.
        Statement::allow(
            "OverseedOwnThingGroups",
            &[
                "iot:CreateThingGroup",
                "iot:DeleteThingGroup",
                "iot:TagResource",
            ],
            &[here("iot", "thinggroup/overseed-*")],
        ),
        Statement::allow(
            "OverseedThingGroupMembers",
            &["iot:AddThingToThingGroup", "iot:RemoveThingFromThingGroup"],
            &[here("iot", "thinggroup/overseed-*"), here("iot", "thing/*")],
        ),
        Statement::allow(
            "OverseedLookAtIam",
            &["iam:ListRoles", "iam:ListPolicies", "iam:GetAccountSummary"],
            &star(),
        ),
        Statement::allow(
            "OverseedReadPolicies",
            &["iam:GetPolicy", "iam:GetPolicyVersion"],
            &[
                iam("policy/*"),
                format!("arn:{partition}:iam::aws:policy/*"),
            ],
        ),
        Statement::allow(
            "OverseedReadOwnPolicies",
            &["iam:ListPolicyTags", "iam:ListPolicyVersions"],
            &[iam(&format!("policy{POLICY_PATH}*"))],
        ),
        Statement::allow(
            "OverseedMayI",
            &["iam:SimulatePrincipalPolicy"],
            &[iam("user/*"), iam("role/*")],
        ),
    ];
    let mut roles = vec![rights.device_role.to_owned()];
    roles.extend(rights.engine.map(|engine| engine.role.to_owned()));
    statements.push(Statement::allow(
        "OverseedRoles",
        &[
            "iam:GetRole",
            "iam:CreateRole",
            "iam:TagRole",
            "iam:UpdateAssumeRolePolicy",
            "iam:PutRolePolicy",
            "iam:GetRolePolicy",
            "iam:ListRolePolicies",
            "iam:ListAttachedRolePolicies",
            "iam:DeleteRolePolicy",
            "iam:DeleteRole",
        ],
        &roles,
    ));
    if let Some(engine) = rights.engine {
        statements.extend(engine_statements(rights.place, &engine));
    }
    Document::new(statements)
}

fn engine_statements(place: &Place, engine: &AppEngine<'_>) -> Vec<Statement> {
    let Place {
        partition,
        region,
        account,
    } = place;
    let states = |resource: &str| format!("arn:{partition}:states:{region}:{account}:{resource}");
    let bucket = format!("arn:{partition}:s3:::{}", engine.bucket);
    vec![
        Statement::allow(
            "OverseedStateMachines",
            &[
                "states:CreateStateMachine",
                "states:DescribeStateMachine",
                "states:UpdateStateMachine",
                "states:StartExecution",
                "states:TagResource",
                "states:ListTagsForResource",
                "states:DeleteStateMachine",
            ],
            &[states("stateMachine:overseed-*")],
        ),
        Statement::allow(
            "OverseedExecutions",
            &[
                "states:DescribeExecution",
                "states:StopExecution",
                "states:ListMapRuns",
            ],
            &[states("execution:overseed-*:*")],
        ),
        Statement::allow(
            "OverseedMapRuns",
            &["states:DescribeMapRun", "states:UpdateMapRun"],
            &[states("mapRun:overseed-*/*:*")],
        ),
        Statement::allow(
            "OverseedListBuckets",
            &["s3:ListAllMyBuckets"],
            &["*".to_owned()],
        ),
        Statement::allow(
            "OverseedBucket",
            &[
                "s3:ListBucket",
                "s3:GetBucketLocation",
                "s3:GetEncryptionConfiguration",
            ],
            &[bucket],
        ),
        Statement::allow(
            "OverseedPlans",
            &["s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"],
            &[engine.objects.arn(*partition, engine.bucket)],
        ),
        engine_pass_role(engine.role),
    ]
}
