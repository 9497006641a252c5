//! Who may assume a role: whether it is so, and the statement that makes it so.

use overseed_domain::figures::grouped;
use overseed_domain::{
    Millis,
    permissions::{Answer, Asker, Document, Place, Rules, Statement, trust_statement},
    v2::roles::{EngineRole, device_role_trust, engine_role_trust},
};

use super::{
    calls::Call,
    found::{Found, Reading, RoleFound},
    judge::moment,
    kind::RoleKind,
    wire::RequirementState,
};

/// State, what was found, and the id of the change that mends it.
pub(crate) type Told = (RequirementState, String, Option<String>);

/// The trust that a role has to have.
#[derive(Debug, Clone)]
pub(crate) struct Trusted {
    pub(crate) kind: RoleKind,
    account: String,
    /// What is added to a trust policy that lacks it; a new role has it alone.
    pub(crate) statement: Statement,
    /// What the service says in `aws:SourceArn`; `None` where that is not known in advance.
    source: Option<String>,
    /// Whom the conditions keep out, in words; empty where there are none.
    limits: &'static str,
}

impl Trusted {
    /// Greengrass V1, for bulk deployments here.
    pub(crate) fn execution(place: &Place) -> Self {
        Self {
            kind: RoleKind::Execution,
            account: place.account.clone(),
            statement: trust_statement(place),
            source: Some(format!(
                "arn:{}:greengrass:{}:{}:/greengrass/bulk/deployments/any",
                place.partition, place.region, place.account
            )),
            limits: " for this account and Region",
        }
    }

    /// The credentials provider of AWS IoT, for devices.
    pub(crate) fn device(place: &Place) -> Option<Self> {
        Some(Self {
            kind: RoleKind::Device,
            account: place.account.clone(),
            statement: device_role_trust().statements().first()?.clone(),
            source: None,
            limits: "",
        })
    }

    /// Step Functions, for state machines of this app here; `machine` is the name of one of them.
    pub(crate) fn engine(role: &EngineRole<'_>, machine: &str) -> Option<Self> {
        let place = role.place;
        Some(Self {
            kind: RoleKind::Engine,
            account: place.account.clone(),
            statement: engine_role_trust(role).statements().first()?.clone(),
            source: Some(format!(
                "arn:{}:states:{}:{}:stateMachine:{machine}",
                place.partition, place.region, place.account
            )),
            limits: " for this app's state machines of this account and Region",
        })
    }

    /// The trust policy of a new role.
    pub(crate) fn document(&self) -> Document {
        Document::new(vec![self.statement.clone()])
    }

    /// Whether the role is there and the service may assume it, and the call that makes it so. The role is told by its
    /// name, the path that it gets where it is made, and what someone typed.
    pub(crate) fn role_of(
        &self,
        (name, path, typed): (&str, &str, &str),
        found: &Found,
        now: Millis,
    ) -> (Told, Told, Option<Call>) {
        match &found.role {
            Reading::Read(None) => {
                let missing = format!("There is no role {name} in this account yet.");
                let later = format!(
                    "The role will be made so that {} may assume it.",
                    self.kind.who()
                );
                let mends = || Some("role".to_owned());
                (
                    (RequirementState::NotYet, missing, mends()),
                    (RequirementState::NotYet, later, mends()),
                    Some(Call::CreateRole {
                        path: path.to_owned(),
                        trust: self.document(),
                        of: self.kind,
                    }),
                )
            }
            Reading::Read(Some(role)) => {
                let (state, detail, document) = self.trust_of(role, found.limits.trust, now);
                let call = document.map(|after| Call::UpdateTrust {
                    before: role.trust.clone(),
                    after,
                    of: self.kind,
                });
                let mends = call.as_ref().map(|_| "trust".to_owned());
                (named_so(role, typed), (state, detail, mends), call)
            }
            Reading::Unreadable(reason) => {
                let unknown = || {
                    let detail = format!("The role could not be looked at. {reason}");
                    (RequirementState::NotChecked, detail, None)
                };
                (unknown(), unknown(), None)
            }
        }
    }

    /// Whether the service may assume the role, and the document that lets it.
    fn trust_of(
        &self,
        role: &RoleFound,
        limit: u32,
        now: Millis,
    ) -> (RequirementState, String, Option<Document>) {
        let unclear = match self.may_assume(&role.trust, &role.arn, now) {
            Answer::Allowed => {
                let foreign = Self {
                    account: "000000000001".into(),
                    ..self.clone()
                };
                let open = foreign.may_assume(&role.trust, &role.arn, now) == Answer::Allowed;
                let detail = match (self.kind, open) {
                    (RoleKind::Device, true) => "The trust policy allows it.".to_owned(),
                    (_, true) => format!(
                        "The trust policy allows it, for {} on behalf of any account: conditions on aws:SourceAccount \
                         and aws:SourceArn would keep others out.",
                        self.kind.who()
                    ),
                    (_, false) => "The trust policy allows it, for this account.".to_owned(),
                };
                return (RequirementState::Yes, detail, None);
            }
            Answer::Unclear(reason) => Some(format!(
                "The trust policy has a statement that cannot be evaluated in advance. {reason}."
            )),
            Answer::Denied | Answer::Silent => None,
        };
        let merged = role.trust.with(self.statement.clone());
        let then = self.may_assume(&merged, &role.arn, now);
        match (unclear, &then) {
            // With our statement it would be certain.
            (Some(reason), Answer::Allowed) if merged.size() <= limit => {
                return (RequirementState::NotChecked, reason, Some(merged));
            }
            (Some(reason), _) => return (RequirementState::NotChecked, reason, None),
            (None, _) => {}
        }
        if merged.size() > limit {
            let detail = format!(
                "The trust policy does not allow it, and with one more statement it would have {} characters where {} \
                 are allowed. Choose another role.",
                grouped(merged.size()),
                grouped(limit)
            );
            return (RequirementState::No, detail, None);
        }
        let missing = format!(
            "The trust policy does not name {}{}.",
            self.kind.who().trim_end_matches(','),
            self.limits
        );
        match then {
            Answer::Allowed => return (RequirementState::NotYet, missing, Some(merged)),
            // What is missing is put; whether it suffices is not known.
            Answer::Unclear(reason) => {
                let detail = format!("{missing} One of its statements may deny it. {reason}.");
                return (RequirementState::NotChecked, detail, Some(merged));
            }
            Answer::Denied | Answer::Silent => {}
        }
        let detail =
            "A statement of the trust policy denies it; this app takes away nothing of others.";
        (RequirementState::No, detail.into(), None)
    }

    /// What a trust policy says to the service working for this account.
    pub(crate) fn may_assume(&self, document: &Document, role: &str, now: Millis) -> Answer {
        let asker = Asker::Service(self.kind.service());
        let [time, epoch] = moment(now);
        let mut context = vec![
            ("aws:SourceAccount", self.account.as_str()),
            ("aws:CurrentTime", &time),
            ("aws:EpochTime", &epoch),
        ];
        if let Some(source) = &self.source {
            context.push(("aws:SourceArn", source));
        }
        Rules::read([document], asker, &context).ask("sts:AssumeRole", role)
    }
}

/// Names are unique within an account whatever their paths: an ARN with another path is none of this role's.
fn named_so(role: &RoleFound, typed: &str) -> Told {
    let named = typed.trim();
    if named.starts_with("arn:") && named != role.arn {
        let detail = format!(
            "There is no role {named}: the account's role of that name is {}. Name that one, or another name.",
            role.arn
        );
        return (RequirementState::No, detail, None);
    }
    (RequirementState::Yes, role.arn.clone(), None)
}
