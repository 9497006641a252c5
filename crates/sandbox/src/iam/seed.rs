//! The identities that a new sandbox has.

use std::collections::BTreeMap;

use super::model::{
    AccessKey, Grants, Iam, ManagedPolicy, PolicyVersion, Role, User, new_id, new_secret,
};
use crate::settings::Settings;

/// The user whose keys a sandbox gives out.
pub const USER: &str = "dana";

/// AWS's own policies that a sandbox knows, with the statements that matter here.
const AWS_POLICIES: [(&str, &str, &str); 8] = [
    (
        "/",
        "AdministratorAccess",
        r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#,
    ),
    (
        "/",
        "ReadOnlyAccess",
        r#"{"Effect":"Allow","Action":["greengrass:Get*","greengrass:List*","iam:Get*","iam:List*","iam:SimulatePrincipalPolicy","iot:Describe*","iot:Get*","iot:List*","s3:Get*","s3:List*","secretsmanager:DescribeSecret","secretsmanager:ListSecrets","states:Describe*","states:List*","sts:GetCallerIdentity"],"Resource":"*"}"#,
    ),
    (
        "/",
        "AWSGreengrassFullAccess",
        r#"{"Effect":"Allow","Action":"greengrass:*","Resource":"*"}"#,
    ),
    (
        "/",
        "AWSGreengrassReadOnlyAccess",
        r#"{"Effect":"Allow","Action":["greengrass:List*","greengrass:Get*"],"Resource":"*"}"#,
    ),
    (
        "/",
        "AWSIoTFullAccess",
        r#"{"Effect":"Allow","Action":["iot:*","iotjobsdata:*"],"Resource":"*"}"#,
    ),
    (
        "/",
        "AmazonS3FullAccess",
        r#"{"Effect":"Allow","Action":["s3:*","s3-object-lambda:*"],"Resource":"*"}"#,
    ),
    (
        "/",
        "SecretsManagerReadWrite",
        r#"{"Effect":"Allow","Action":"secretsmanager:*","Resource":"*"}"#,
    ),
    (
        "/service-role/",
        "AWSGreengrassResourceAccessRolePolicy",
        r#"{"Effect":"Allow","Action":["iot:DeleteThingShadow","iot:GetThingShadow","iot:UpdateThingShadow","iot:DescribeThing","iot:DescribeCertificate","greengrass:*","lambda:GetFunction","lambda:GetFunctionConfiguration"],"Resource":"*"}"#,
    ),
];

/// What the installer of the nucleus gives the devices' role ("Authorize core devices to interact with AWS services"):
/// nothing of artifacts yet.
const DEVICE_RIGHTS: &str = r#"{"Effect":"Allow","Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents","logs:DescribeLogStreams","s3:GetBucketLocation"],"Resource":"*"}"#;

fn document(statement: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#)
}

fn trust(service: &str) -> String {
    document(&format!(
        r#"{{"Effect":"Allow","Principal":{{"Service":"{service}"}},"Action":"sts:AssumeRole"}}"#
    ))
}

/// The account as it is before anyone did anything: dana, an administrator, with a key; the service role
/// for Greengrass; a role of an older set-up that may deploy to every group and read the demo bucket; the role
/// of the core devices; and one that Lambda trusts and Greengrass does not. All of it a month old.
#[must_use]
pub fn seed(settings: &Settings, now_ms: i64) -> Iam {
    let created_ms = now_ms - 30 * 86_400_000;
    let partition = settings.partition();
    let account = &settings.account;
    let mut iam = Iam {
        account: account.clone(),
        partition: partition.to_owned(),
        users: BTreeMap::new(),
        roles: BTreeMap::new(),
        policies: BTreeMap::new(),
        keys: BTreeMap::new(),
        sessions: BTreeMap::new(),
    };
    for (path, name, statement) in AWS_POLICIES {
        let policy = aws_policy(partition, path, name, &document(statement), created_ms);
        iam.policies.insert(policy.arn.clone(), policy);
    }
    let aws = |name: &str| format!("arn:{partition}:iam::aws:policy/{name}");
    let dana = User {
        name: USER.to_owned(),
        id: new_id("AIDA"),
        path: "/".to_owned(),
        created_ms,
        grants: Grants {
            attached: vec![aws("AdministratorAccess")],
            ..Grants::default()
        },
    };
    iam.users.insert(USER.to_owned(), dana);
    let key = AccessKey {
        id: new_id("AKIA"),
        secret: new_secret(),
        user: USER.to_owned(),
        created_ms,
    };
    iam.keys.insert(key.id.clone(), key);

    let region = &settings.region;
    let legacy = document(&format!(
        r#"{{"Effect":"Allow","Action":"greengrass:CreateDeployment","Resource":"arn:{partition}:greengrass:{region}:{account}:/greengrass/groups/*"}},{{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:{partition}:s3:::overseed-demo-{account}/*"}}"#
    ));
    let service = aws("service-role/AWSGreengrassResourceAccessRolePolicy");
    let roles = [
        (
            "Greengrass_ServiceRole",
            "/service-role/",
            "greengrass.amazonaws.com",
            "Allows AWS IoT Greengrass to reach the resources of this account",
            Grants {
                attached: vec![service],
                ..Grants::default()
            },
        ),
        (
            "greengrass-bulk-2024",
            "/",
            "greengrass.amazonaws.com",
            "Execution role of earlier bulk deployments",
            Grants {
                inline: BTreeMap::from([("deploy-all-groups".to_owned(), legacy)]),
                ..Grants::default()
            },
        ),
        (
            "GreengrassV2TokenExchangeRole",
            "/",
            "credentials.iot.amazonaws.com",
            "Role that core devices get their credentials of",
            Grants {
                inline: BTreeMap::from([(
                    "GreengrassV2TokenExchangeRoleAccess".to_owned(),
                    document(DEVICE_RIGHTS),
                )]),
                ..Grants::default()
            },
        ),
        (
            "telemetry-ingest",
            "/service-role/",
            "lambda.amazonaws.com",
            "Role of a Lambda function",
            Grants::default(),
        ),
    ];
    for (name, path, service, description, grants) in roles {
        let role = Role {
            name: name.to_owned(),
            id: new_id("AROA"),
            path: path.to_owned(),
            created_ms,
            trust_changed_ms: created_ms,
            trust: trust(service),
            description: Some(description.to_owned()),
            max_session_seconds: 3600,
            grants,
        };
        iam.roles.insert(name.to_owned(), role);
    }
    iam
}

fn aws_policy(
    partition: &str,
    path: &str,
    name: &str,
    document: &str,
    created_ms: i64,
) -> ManagedPolicy {
    ManagedPolicy {
        arn: format!("arn:{partition}:iam::aws:policy{path}{name}"),
        name: name.to_owned(),
        id: new_id("ANPA"),
        path: path.to_owned(),
        description: None,
        created_ms,
        updated_ms: created_ms,
        versions: vec![PolicyVersion {
            id: "v1".to_owned(),
            document: document.to_owned(),
            created_ms,
        }],
        default_version: "v1".to_owned(),
        last_number: 1,
        tags: Vec::new(),
    }
}
