//! May I? Asked of SimulatePrincipalPolicy, which does nothing; not every caller may ask it, and not every endpoint
//! knows it.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use overseed_aws::{Clients, Identity, Kind};
use overseed_domain::permissions::{GREENGRASS, Place};

use super::{
    calls::Call,
    found::{Reading, reading},
    judge::Judged,
    needs::Needs,
    wire::{MayI, Permissions, Requirement, RequirementState},
};
use crate::{Error, Session, connection::Connection};

/// What the caller may.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// Pass the role.
    pub(crate) pass: (RequirementState, String),
    /// Start, watch and stop deployments.
    pub(crate) start: (RequirementState, String),
    /// Each call of the wizard.
    pub(crate) calls: Vec<MayI>,
}

/// Actions that know no resource (service authorization reference of AWS IoT Greengrass V1).
const PLAIN: [&str; 3] = [
    "greengrass:StartBulkDeployment",
    "greengrass:ListBulkDeployments",
    "greengrass:ListGroups",
];

/// Actions on a bulk deployment.
const ON_BULK_DEPLOYMENTS: [&str; 3] = [
    "greengrass:GetBulkDeploymentStatus",
    "greengrass:ListBulkDeploymentDetailedReports",
    "greengrass:StopBulkDeployment",
];

/// Questions on their way at the same time.
const AT_ONCE: usize = 4;

/// Actions on one resource, asked together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    what: What,
    actions: Vec<&'static str>,
    resource: String,
    context: Vec<(&'static str, String)>,
}

/// What an answer speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// Passing the role.
    Pass,
    /// Starting, watching, stopping.
    Start,
    /// Uploading, and changing permissions.
    Other,
}

impl Caller {
    /// Asks for the caller of a session: each call that the wizard will make.
    pub(crate) async fn ask(
        session: &Session,
        needs: &Needs,
        judged: &Judged,
    ) -> Result<Self, Error> {
        Self::asked(session, questions(needs, judged)).await
    }

    /// Asks these questions for the caller of a session.
    pub(crate) async fn asked(session: &Session, questions: Vec<Question>) -> Result<Self, Error> {
        let clients = &session.clients;
        let principal = match principal(clients, &session.connection).await? {
            Principal::Arn(arn) => arn,
            Principal::Root => {
                let detail =
                    "You are the account's root user, whom no policy of the account limits.";
                return Ok(Self::all(&questions, RequirementState::Yes, detail));
            }
            Principal::Unknown(reason) => {
                return Ok(Self::all(&questions, RequirementState::NotChecked, &reason));
            }
        };
        let asked = &principal;
        let answers: Vec<(What, Vec<MayI>)> = stream::iter(questions)
            .map(|question| async move {
                let answers = question.ask(clients, asked).await?;
                Ok::<_, Error>((question.what, answers))
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        let about = |what: What| {
            let answers = answers.iter().filter(|(about, _)| *about == what);
            verdict(answers.flat_map(|(_, calls)| calls), &principal)
        };
        Ok(Self {
            pass: about(What::Pass),
            start: about(What::Start),
            calls: answers
                .iter()
                .flat_map(|(_, calls)| calls.clone())
                .collect(),
        })
    }

    /// The same answer to all questions.
    fn all(questions: &[Question], state: RequirementState, detail: &str) -> Self {
        Self {
            pass: (state, detail.to_owned()),
            start: (state, detail.to_owned()),
            calls: questions
                .iter()
                .flat_map(|question| question.told(state, detail))
                .collect(),
        }
    }

    /// Puts the answers into what the face sees.
    pub(crate) fn said(self, permissions: &mut Permissions) {
        let requirement = |id: &str, title: &str, (now, detail): (_, String)| Requirement {
            id: id.into(),
            title: title.into(),
            now,
            detail,
            change: None,
        };
        permissions.requirements.extend([
            requirement("pass", "You may pass the role to Greengrass", self.pass),
            requirement(
                "start",
                "You may start, watch and stop bulk deployments",
                self.start,
            ),
        ]);
        permissions.calls = self.calls;
    }
}

/// What will be called: by the start, the upload, and the changes that are proposed.
fn questions(needs: &Needs, judged: &Judged) -> Vec<Question> {
    let place = &judged.place;
    let role = judged.permissions.role_arn.as_str();
    let bulk = format!(
        "arn:{}:greengrass:{}:{}:/greengrass/bulk/deployments/*",
        place.partition, place.region, place.account
    );
    let bucket = format!("arn:{}:s3:::{}", place.partition, needs.bucket);
    let objects = needs.objects.arn(place.partition, &needs.bucket);
    let question = Question::new;
    let mut questions = vec![
        Question {
            context: vec![("iam:PassedToService", GREENGRASS.to_owned())],
            ..question(What::Pass, &["iam:PassRole"], role)
        },
        question(What::Start, &PLAIN, "*"),
        question(What::Start, &ON_BULK_DEPLOYMENTS, &bulk),
        question(What::Other, &["s3:PutObject", "s3:GetObject"], &objects),
    ];
    of_calls(&mut questions, place, (role, &bucket), &judged.calls);
    questions
}

/// What the changes call.
pub(crate) fn of_calls(
    questions: &mut Vec<Question>,
    place: &Place,
    (role, bucket): (&str, &str),
    calls: &[Call],
) {
    let question = Question::new;
    for call in calls {
        let action = call.operation();
        let one = match call {
            Call::Attach { arn } | Call::Detach { arn } => Question {
                context: vec![("iam:PolicyARN", arn.clone())],
                ..question(What::Other, &[action], role)
            },
            Call::PutBucketPolicy { .. } => question(What::Other, &[action], bucket),
            Call::CreatePolicy { name, .. } => {
                question(What::Other, &[action], &place.managed_policy_arn(name))
            }
            Call::CreateVersion { arn, .. }
            | Call::DeleteVersion { arn, .. }
            | Call::DeletePolicy { arn, .. } => question(What::Other, &[action], arn),
            Call::CreateRole { .. }
            | Call::DeleteRole
            | Call::UpdateTrust { .. }
            | Call::PutInline { .. }
            | Call::DeleteInline { .. } => question(What::Other, &[action], role),
        };
        // One policy of ours stands for all of them; roles are asked about one by one.
        let about_role = one.resource == role;
        let asked = |question: &Question| {
            question.actions.contains(&action) && (!about_role || question.resource == role)
        };
        if questions.iter().any(asked) {
            continue;
        }
        let alike = |question: &&mut Question| {
            question.what == What::Other
                && question.resource == one.resource
                && question.context == one.context
        };
        match questions.iter_mut().find(alike) {
            Some(question) => question.actions.push(action),
            None => questions.push(one),
        }
    }
}

impl Question {
    /// Actions on one resource.
    pub(crate) fn new(what: What, actions: &[&'static str], resource: &str) -> Self {
        Self {
            what,
            actions: actions.to_vec(),
            resource: resource.to_owned(),
            context: Vec::new(),
        }
    }

    /// The same, with one thing that is known of the request.
    pub(crate) fn with(mut self, key: &'static str, value: &str) -> Self {
        self.context.push((key, value.to_owned()));
        self
    }

    async fn ask(&self, clients: &Clients, principal: &str) -> Result<Vec<MayI>, Error> {
        let context: Vec<(&str, &str)> = self
            .context
            .iter()
            .map(|(key, value)| (*key, value.as_str()))
            .collect();
        let resource = [self.resource.as_str()];
        let simulated = clients.simulate(principal, &self.actions, &resource, &context);
        let simulated = match simulated.await {
            // Advice only: nobody waits for a simulation that is out of order.
            Err(error) if error.kind == Kind::ServiceFault => {
                Reading::Unreadable(error.to_string())
            }
            other => reading(other)?,
        };
        let results = match simulated {
            Reading::Read(results) => results,
            Reading::Unreadable(reason) => {
                let detail =
                    format!("It could not be asked in advance; AWS will say at the call. {reason}");
                return Ok(self.told(RequirementState::NotChecked, &detail));
            }
        };
        let said = |action: &&'static str| {
            let result = results
                .iter()
                .find(|result| result.action.eq_ignore_ascii_case(action));
            let (state, detail) = match result {
                None => (
                    RequirementState::NotChecked,
                    "The simulation gave no answer.",
                ),
                Some(result) if result.is_allowed() => (
                    RequirementState::Yes,
                    "Allowed, by simulation of your policies.",
                ),
                Some(result) if result.decision == "explicitDeny" => {
                    (RequirementState::No, "A policy denies it.")
                }
                Some(_) => (RequirementState::No, "No policy allows it."),
            };
            self.one(action, state, detail)
        };
        Ok(self.actions.iter().map(said).collect())
    }

    fn told(&self, state: RequirementState, detail: &str) -> Vec<MayI> {
        let one = |action: &&'static str| self.one(action, state, detail);
        self.actions.iter().map(one).collect()
    }

    fn one(&self, action: &str, state: RequirementState, detail: &str) -> MayI {
        MayI {
            action: action.to_owned(),
            resource: self.resource.clone(),
            state,
            detail: detail.to_owned(),
        }
    }
}

/// Several answers as one.
fn verdict<'a>(
    calls: impl Iterator<Item = &'a MayI> + Clone,
    principal: &str,
) -> (RequirementState, String) {
    let refused: Vec<String> = calls
        .clone()
        .filter(|call| call.state == RequirementState::No)
        .map(|call| format!("{} on {}: {}", call.action, call.resource, call.detail))
        .collect();
    if !refused.is_empty() {
        let refused = refused.join(" ");
        let detail = format!("For {principal}: {refused} An administrator can allow it.");
        return (RequirementState::No, detail);
    }
    let mut unknown = calls.filter(|call| call.state == RequirementState::NotChecked);
    match unknown.next() {
        Some(call) => (RequirementState::NotChecked, call.detail.clone()),
        None => (
            RequirementState::Yes,
            format!("{principal} may, by simulation of its policies."),
        ),
    }
}

enum Principal {
    Arn(String),
    Root,
    Unknown(String),
}

/// Whom to simulate: for a role's session the role itself, with its path, which the session's ARN does not tell.
async fn principal(clients: &Clients, connection: &Connection) -> Result<Principal, Error> {
    let identity = Identity {
        arn: connection.identity.clone(),
        account: connection.account.clone(),
        user_id: String::new(),
    };
    if let Some(role) = identity.assumed_role() {
        let arn = match reading(clients.get_role(role).await)? {
            Reading::Read(Some(detail)) => detail.arn,
            Reading::Read(None) | Reading::Unreadable(_) => identity.principal_arn(),
        };
        return Ok(Principal::Arn(arn));
    }
    if identity.arn.ends_with(":root") {
        return Ok(Principal::Root);
    }
    if identity.arn.contains(":user/") {
        return Ok(Principal::Arn(identity.arn));
    }
    Ok(Principal::Unknown(format!(
        "Policies of users and roles can be simulated, not those of {}.",
        identity.arn
    )))
}
