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
    /// The buckets with the artifacts of components that are published; without one, any bucket of the account.
    pub artifacts: &'a [String],
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

/// The policy: devices, components and publishing them, secrets that they read, plans, runs and the two roles. Making
/// buckets and reading secrets is not in it. Sources: service authorization reference of AWS IoT Greengrass V2
/// (CreateDeployment with its dependent actions), AWS IoT, Step Functions, Secrets Manager, IAM, Amazon S3.
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
    let own_policies = iam(&format!("policy{POLICY_PATH}*"));
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
        // The service knows the component as its resource, and not the version (service authorization reference).
        Statement::allow(
            "OverseedPublish",
            &["greengrass:CreateComponentVersion"],
            &[here("greengrass", "components:*")],
        ),
        // What is made can be neither read nor changed by this.
        Statement::allow(
            "OverseedNewSecrets",
            &["secretsmanager:CreateSecret"],
            &[here("secretsmanager", "secret:*")],
        ),
        Statement::allow("OverseedListBuckets", &["s3:ListAllMyBuckets"], &star()),
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
            "OverseedOwnPolicies",
            &[
                "iam:CreatePolicy",
                "iam:TagPolicy",
                "iam:ListPolicyTags",
                "iam:ListPolicyVersions",
                "iam:CreatePolicyVersion",
                "iam:DeletePolicyVersion",
                "iam:DeletePolicy",
            ],
            std::slice::from_ref(&own_policies),
        ),
        Statement::allow(
            "OverseedMayI",
            &["iam:SimulatePrincipalPolicy"],
            &[iam("user/*"), iam("role/*")],
        ),
    ];
    statements.extend(artifact_statements(rights));
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
    // Nothing but our own policies: whoever may attach any policy may do anything.
    statements.push(
        Statement::allow(
            "OverseedAttachOwnPolicies",
            &["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
            &roles,
        )
        .when("ArnLike", "iam:PolicyARN", &own_policies),
    );
    if let Some(engine) = rights.engine {
        statements.extend(engine_statements(rights.place, &engine));
    }
    Document::new(statements)
}

/// What is asked of a bucket before anything is sent to it; without ListBucket S3 refuses to say that an object is missing.
const LOOK_AT_BUCKET: [&str; 3] = [
    "s3:ListBucket",
    "s3:GetBucketLocation",
    "s3:GetEncryptionConfiguration",
];

/// Sending objects, and comparing what is there. Who makes a component version also needs GetObject on its artifacts (facts).
const SEND_OBJECTS: [&str; 3] = ["s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"];

fn artifact_statements(rights: &AppRights<'_>) -> [Statement; 2] {
    let Place {
        partition, account, ..
    } = rights.place;
    let any = ["*".to_owned()];
    let names = if rights.artifacts.is_empty() {
        &any
    } else {
        rights.artifacts
    };
    let arns = |end: &str| -> Vec<String> {
        let arn = |name: &String| format!("arn:{partition}:s3:::{name}{end}");
        names.iter().map(arn).collect()
    };
    let statements = [
        Statement::allow("OverseedArtifactBuckets", &LOOK_AT_BUCKET, &arns("")),
        Statement::allow("OverseedArtifacts", &SEND_OBJECTS, &arns("/*")),
    ];
    if rights.artifacts.is_empty() {
        // Those of others may be open to everybody.
        return statements.map(|one| one.when("StringEquals", "s3:ResourceAccount", account));
    }
    statements
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
        Statement::allow("OverseedBucket", &LOOK_AT_BUCKET, &[bucket]),
        Statement::allow(
            "OverseedPlans",
            &SEND_OBJECTS,
            &[engine.objects.arn(*partition, engine.bucket)],
        ),
        engine_pass_role(engine.role),
    ]
}
