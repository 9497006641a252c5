//! The calls that the step makes, in the words of the AWS CLI.

use overseed_domain::permissions::{GREENGRASS, POLICY_PATH};

use super::{
    calls::{Call, PLAN_TAG},
    found::ROLE_TAG,
    judge,
    needs::Needs,
    wire::ReadBy,
};
use crate::{Error, Session, draft};

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Command {
    /// What it does, in a sentence.
    pub(crate) title: String,
    /// Such as `iam create-role`.
    pub(crate) call: &'static str,
    /// Options with their values, which may be several.
    pub(crate) words: Vec<(&'static str, Vec<String>)>,
}

fn command(title: &str, call: &'static str, words: &[(&'static str, &str)]) -> Command {
    Command {
        title: title.to_owned(),
        call,
        words: words
            .iter()
            .map(|(option, value)| (*option, vec![(*value).to_owned()]))
            .collect(),
    }
}

/// The calls that look at what the draft needs, those that change it, in their order, and the one that asks whether the
/// role may be passed.
pub(crate) async fn commands(session: &Session) -> Result<[Vec<Command>; 3], Error> {
    let needs = Needs::of_draft(session).await?;
    let plan = draft::draft_get(session).await?.plan;
    let judged = judge::look_at_role(session, &needs, &plan).await?;
    let role = judged.name.as_str();
    let named = [("--role-name", role)];
    let mut look = vec![
        command("The role with its trust policy", "iam get-role", &named),
        command("Its inline policies", "iam list-role-policies", &named),
        command(
            "Its managed policies",
            "iam list-attached-role-policies",
            &named,
        ),
    ];
    if needs.read_by == ReadBy::Bucket {
        let bucket = [("--bucket", needs.bucket.as_str())];
        let title = "The bucket's policy";
        look.push(command(title, "s3api get-bucket-policy", &bucket));
    }
    let change = judged.calls.iter().zip(&judged.permissions.changes);
    let change = change.map(|(call, change)| call.command(&change.title, role, &plan));
    let pass = Command {
        words: vec![
            (
                "--policy-source-arn",
                vec![session.connection.identity.clone()],
            ),
            ("--action-names", vec!["iam:PassRole".to_owned()]),
            ("--resource-arns", vec![judged.permissions.role_arn.clone()]),
            (
                "--context-entries",
                vec![format!(
                    "ContextKeyName=iam:PassedToService,ContextKeyValues={GREENGRASS},ContextKeyType=string"
                )],
            ),
        ],
        ..command(
            "Whether you may pass the role; nothing is done",
            "iam simulate-principal-policy",
            &[],
        )
    };
    Ok([look, change.collect(), vec![pass]])
}

impl Call {
    fn command(&self, title: &str, role: &str, plan: &str) -> Command {
        let tag = |key: &str, value: &str| format!("Key={key},Value={value}");
        let on_role = ("--role-name", role);
        let written = |call, words: &[(&'static str, &str)]| command(title, call, words);
        match self {
            Self::CreateRole { path, trust, .. } => {
                let text = trust.compact();
                let tag = tag(PLAN_TAG, plan);
                let document = ("--assume-role-policy-document", text.as_str());
                let mut words = vec![on_role, document, ("--tags", &tag)];
                if path != "/" {
                    words.push(("--path", path));
                }
                written("iam create-role", &words)
            }
            Self::DeleteRole => written("iam delete-role", &[on_role]),
            Self::UpdateTrust { after, .. } => {
                let text = after.compact();
                let document = ("--policy-document", text.as_str());
                written("iam update-assume-role-policy", &[on_role, document])
            }
            Self::PutInline { policy, after, .. } => {
                let ours = ("--policy-name", policy.as_str());
                let text = after.compact();
                let document = ("--policy-document", text.as_str());
                written("iam put-role-policy", &[on_role, ours, document])
            }
            Self::DeleteInline { policy, .. } => {
                let ours = ("--policy-name", policy.as_str());
                written("iam delete-role-policy", &[on_role, ours])
            }
            Self::CreatePolicy { name, document } => {
                let text = document.compact();
                let words = [
                    ("--policy-name", name.as_str()),
                    ("--path", POLICY_PATH),
                    ("--policy-document", &text),
                ];
                let mut made = written("iam create-policy", &words);
                let tags = vec![tag(PLAN_TAG, plan), tag(ROLE_TAG, role)];
                made.words.push(("--tags", tags));
                made
            }
            Self::CreateVersion { arn, after, .. } => {
                let text = after.compact();
                let words = [("--policy-arn", arn.as_str()), ("--policy-document", &text)];
                let mut made = written("iam create-policy-version", &words);
                made.words.push(("--set-as-default", Vec::new()));
                made
            }
            Self::DeleteVersion { arn, version } => written(
                "iam delete-policy-version",
                &[("--policy-arn", arn), ("--version-id", version)],
            ),
            Self::DeletePolicy { arn, .. } => {
                written("iam delete-policy", &[("--policy-arn", arn)])
            }
            Self::Attach { arn } => {
                written("iam attach-role-policy", &[on_role, ("--policy-arn", arn)])
            }
            Self::Detach { arn } => {
                written("iam detach-role-policy", &[on_role, ("--policy-arn", arn)])
            }
            Self::PutBucketPolicy {
                bucket,
                after: Some(text),
                ..
            } => written(
                "s3api put-bucket-policy",
                &[("--bucket", bucket), ("--policy", text)],
            ),
            Self::PutBucketPolicy { bucket, .. } => {
                written("s3api delete-bucket-policy", &[("--bucket", bucket)])
            }
        }
    }
}
