//! What the person who uses the app needs: passing the role, and the app's own least rights.

use super::{Document, GREENGRASS, Objects, POLICY_PATH, Place, Statement};

/// The policy by which someone may pass the role to Greengrass and to nothing else (facts: on the role's ARN, with
/// `iam:PassedToService`).
#[must_use]
pub fn pass_role_document(role_arn: &str) -> Document {
    Document::new(vec![pass_role(role_arn)])
}

fn pass_role(role_arn: &str) -> Statement {
    Statement::allow(
        "OverseedPassRole",
        &["iam:PassRole"],
        &[role_arn.to_owned()],
    )
    .when("StringEquals", "iam:PassedToService", GREENGRASS)
}

/// The least rights of the app's user for one role, bucket and prefix in one account and Region. Making buckets is not
/// in it.
#[must_use]
pub fn app_document(place: &Place, role_arn: &str, bucket: &str, objects: &Objects) -> Document {
    let Place {
        partition,
        region,
        account,
    } = place;
    let star = || vec!["*".to_owned()];
    let greengrass = |path: &str| format!("arn:{partition}:greengrass:{region}:{account}:{path}");
    let iam = |path: &str| format!("arn:{partition}:iam::{account}:{path}");
    let own_policies = iam(&format!("policy{POLICY_PATH}*"));
    let bucket_arn = format!("arn:{partition}:s3:::{bucket}");
    Document::new(vec![
        // These know no resources (service authorization reference of AWS IoT Greengrass V1).
        Statement::allow(
            "OverseedList",
            &[
                "greengrass:ListGroups",
                "greengrass:ListBulkDeployments",
                "greengrass:StartBulkDeployment",
                "greengrass:GetServiceRoleForAccount",
            ],
            &star(),
        ),
        Statement::allow(
            "OverseedGroups",
            &["greengrass:ListGroupVersions", "greengrass:GetGroupVersion"],
            &[greengrass("/greengrass/groups/*")],
        ),
        Statement::allow(
            "OverseedCores",
            &["greengrass:GetCoreDefinitionVersion"],
            &[greengrass("/greengrass/definition/cores/*")],
        ),
        Statement::allow(
            "OverseedBulkDeployments",
            &[
                "greengrass:GetBulkDeploymentStatus",
                "greengrass:ListBulkDeploymentDetailedReports",
                "greengrass:StopBulkDeployment",
                "greengrass:TagResource",
            ],
            &[greengrass("/greengrass/bulk/deployments/*")],
        ),
        Statement::allow("OverseedListBuckets", &["s3:ListAllMyBuckets"], &star()),
        Statement::allow(
            "OverseedBucket",
            &[
                "s3:ListBucket",
                "s3:GetBucketLocation",
                "s3:GetEncryptionConfiguration",
                "s3:GetBucketPolicy",
                "s3:PutBucketPolicy",
                "s3:DeleteBucketPolicy",
            ],
            &[bucket_arn],
        ),
        Statement::allow(
            "OverseedInputFiles",
            &["s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"],
            &[objects.arn(*partition, bucket)],
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
            "OverseedMayI",
            &["iam:SimulatePrincipalPolicy"],
            &[iam("user/*"), iam("role/*")],
        ),
        Statement::allow(
            "OverseedRole",
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
            &[role_arn.to_owned()],
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
        // Nothing but our own policies: whoever may attach any policy may do anything.
        Statement::allow(
            "OverseedAttachOwnPolicies",
            &["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
            &[role_arn.to_owned()],
        )
        .when("ArnLike", "iam:PolicyARN", &own_policies),
        pass_role(role_arn),
    ])
}
