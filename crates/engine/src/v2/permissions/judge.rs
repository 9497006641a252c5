//! One role of V2: what it may do now, what it has to, and the calls between the two.

use std::collections::BTreeSet;

use overseed_domain::{
    Millis,
    arn::role_arn,
    permissions::{Document, Packed, Place, named_role, role_path},
    v2::roles::{Grant as Wanted, too_broad},
};

use super::{
    needs::{DeviceNeeds, EngineNeeds},
    packing,
    wire::{BroadPolicy, RolePermissions},
};
use crate::{
    Error, Session,
    permissions::{
        Requirement, RequirementState, RoleKind,
        asked::Grant,
        asking::Asking,
        calls::Call,
        found::{Found, Policies, PolicyFound, Reading},
        needs,
        policy::put_policies,
        trusted::{Told, Trusted},
    },
};

/// What is asked of one role.
#[derive(Debug, Clone)]
pub(crate) enum RoleNeeds {
    Device(DeviceNeeds),
    Engine(EngineNeeds),
}

/// A role, judged.
#[derive(Debug, Clone)]
pub(crate) struct JudgedRole {
    pub(crate) needs: RoleNeeds,
    pub(crate) place: Place,
    pub(crate) name: String,
    /// The path that the role gets where it is made.
    pub(crate) path: String,
    pub(crate) found: Found,
    pub(crate) trusted: Trusted,
    /// The inline policy that this app writes.
    pub(crate) policy: String,
    /// It and the managed policies beside it where all is as proposed; or why that does not fit.
    pub(crate) packed: Result<Packed, String>,
    pub(crate) permissions: RolePermissions,
    /// One for each of `permissions.changes`.
    pub(crate) calls: Vec<Call>,
}

impl JudgedRole {
    /// The trust policy that a role that is there has to get; `None` where it suffices as it is.
    pub(crate) fn trust_to_put(&self) -> Option<Document> {
        self.calls.iter().find_map(|call| match call {
            Call::UpdateTrust { after, .. } => Some(after.clone()),
            _ => None,
        })
    }
}

impl RoleNeeds {
    pub(crate) const fn kind(&self) -> RoleKind {
        match self {
            Self::Device(_) => RoleKind::Device,
            Self::Engine(_) => RoleKind::Engine,
        }
    }

    /// The role as it was typed: its name or its ARN.
    pub(crate) fn typed(&self) -> &str {
        match self {
            Self::Device(needs) => &needs.role,
            Self::Engine(needs) => &needs.role,
        }
    }

    pub(crate) fn policy(&self) -> String {
        match self {
            Self::Device(_) => RoleKind::Device.policy().to_owned(),
            Self::Engine(needs) => needs.policy(),
        }
    }

    fn trusted(&self, place: &Place) -> Option<Trusted> {
        match self {
            Self::Device(_) => Trusted::device(place),
            Self::Engine(needs) => Trusted::engine(&needs.of(place), &needs.machine),
        }
    }
}

/// Looks at a role and judges it.
pub(crate) async fn look(session: &Session, needs: &RoleNeeds) -> Result<JudgedRole, Error> {
    let place = needs::place(session);
    let name = needs::named(needs.typed(), &place)?.to_owned();
    let found = Found::read(&session.clients, &name, None, &[needs.policy()]).await?;
    again(session, name, found, needs).await
}

/// Judges what is known, without a look at the account.
pub(crate) async fn again(
    session: &Session,
    name: String,
    found: Found,
    needs: &RoleNeeds,
) -> Result<JudgedRole, Error> {
    let (place, now, needs) = (needs::place(session), session.clock().now(), needs.clone());
    let path = role_path(needs.typed(), &place).map_err(needs::no_role)?;
    let Some(trusted) = needs.trusted(&place) else {
        return Err(crate::Problem::new(
            crate::ErrorCode::Internal,
            "A trust policy without a statement was made",
        )
        .into());
    };
    let judged = move || judge(place, (name, path), found, needs, trusted, now);
    Ok(tokio::task::spawn_blocking(judged).await?)
}

fn judge(
    place: Place,
    (name, path): (String, String),
    found: Found,
    needs: RoleNeeds,
    trusted: Trusted,
    now: Millis,
) -> JudgedRole {
    let arn = match &found.role {
        Reading::Read(Some(role)) => role.arn.clone(),
        _ => named_role(needs.typed(), &place)
            .unwrap_or_else(|_| role_arn(place.partition, &place.account, &name)),
    };
    let (role, trust, call) = trusted.role_of((&name, &path, needs.typed()), &found, now);
    let policy = needs.policy();
    let room = found.room();
    let none = Policies::default();
    let (policies, unread) = match &found.policies {
        Reading::Read(policies) => (policies, None),
        Reading::Unreadable(reason) => (&none, Some(reason.clone())),
    };
    let (grants, widened, packed) = packing::proposed(&needs, &place, policies, room);
    let asking = Asking {
        place: &place,
        role: &arn,
        found: &found,
        now,
    };
    let (verdicts, put) = match &unread {
        None => granted(
            &asking,
            policies,
            (&policy, &name),
            &grants,
            &packed,
            needs.kind(),
        ),
        Some(reason) => unreadable(&place, reason, (&policy, &name), &grants, &packed),
    };
    let requirement = |id: &str, title: &str, (now, detail, change): Told| Requirement {
        id: id.into(),
        title: title.into(),
        now,
        detail,
        change,
    };
    let assumed = format!("{} may assume it", trusted.kind.who());
    let mut requirements = vec![
        requirement("role", "The role exists", role),
        requirement("trust", &assumed, trust),
    ];
    if let RoleNeeds::Device(needs) = &needs {
        requirements.push(recipes(needs));
    }
    for (grant, verdict) in grants.iter().zip(verdicts) {
        requirements.push(requirement(&grant.sid, &grant.reason, verdict));
    }
    let calls: Vec<Call> = call.into_iter().chain(put).collect();
    let permissions = RolePermissions {
        kind: needs.kind(),
        role: name.clone(),
        role_arn: arn,
        exists: matches!(found.role, Reading::Read(Some(_))),
        requirements,
        changes: calls
            .iter()
            .map(|call| call.change(&name, found.limits, room.inline))
            .collect(),
        // Where policies of others suffice nothing is widened.
        widened: widened.filter(|_| {
            let writes = |call: &Call| {
                matches!(
                    call,
                    Call::PutInline { .. } | Call::CreatePolicy { .. } | Call::CreateVersion { .. }
                )
            };
            calls.iter().any(writes) || has_ours(policies, &policy)
        }),
        broad: broad(policies),
        grants,
    };
    JudgedRole {
        needs,
        place,
        name,
        path,
        found,
        trusted,
        policy,
        packed,
        permissions,
        calls,
    }
}

/// Whether there is a policy of ours.
fn has_ours(policies: &Policies, policy: &str) -> bool {
    policies.inline.contains_key(policy) || !policies.managed.is_empty()
}

/// What is so for each grant, and the calls that make all of them so.
fn granted(
    asking: &Asking<'_>,
    policies: &Policies,
    names: (&str, &str),
    grants: &[Wanted],
    packed: &Result<Packed, String>,
    kind: RoleKind,
) -> (Vec<Told>, Vec<Call>) {
    let ours = packed.as_ref().ok();
    let wide = match kind {
        RoleKind::Device => Wide::among(policies),
        _ => Wide::default(),
    };
    let mut verdicts = Vec::with_capacity(grants.len());
    let (mut lacking, mut theirs) = (false, true);
    for grant in grants {
        let pairs = pairs(grant);
        let asked = || pairs.iter().map(|(action, arn)| (*action, *arn));
        let now = asking.may(policies.documents(), asked());
        let others = asking.may(policies.others(), asked());
        theirs &= others == Grant::Whole;
        let then = asking.may(
            policies
                .others()
                .chain(ours.into_iter().flat_map(Packed::documents)),
            asked(),
        );
        let (state, mended) = match (now, then) {
            (Grant::Lacking(reason), Grant::Whole) => (Grant::Lacking(reason), true),
            (Grant::Lacking(reason), _) if ours.is_none() => (Grant::Lacking(reason), false),
            // What stays lacking is told, not what will be mended.
            (Grant::Lacking(_), Grant::Lacking(reason)) => (Grant::Lacking(reason), false),
            (Grant::Lacking(_), Grant::Unclear { reason, .. }) => {
                let granted = false;
                (Grant::Unclear { reason, granted }, true)
            }
            (Grant::Unclear { reason, granted }, then) => {
                let mended = !granted && then.granted();
                (Grant::Unclear { reason, granted }, mended)
            }
            (now, _) => (now, false),
        };
        let state = match (state, packed) {
            (Grant::Lacking(reason), Err(why)) => Grant::Lacking(format!("{reason} {why}")),
            (state, _) => state,
        };
        let mut yes = match pairs.len() {
            1 => "Its policies allow it.".to_owned(),
            rights => format!("Its policies allow all {rights} rights."),
        };
        let alone = state == Grant::Whole
            && ours.is_some_and(|ours| wide.alone_allows(asking, policies, ours, asked));
        if alone {
            yes.push_str(&wide.words());
        }
        lacking |= mended || alone;
        let (now, detail, mended) = asking.verdict(state, mended, yes);
        verdicts.push((now, detail, mended || alone));
    }
    // The engine's policy is for its plans alone, and made narrower with them; the devices' one only grows, since what
    // other plans have given is in use.
    let narrower = kind == RoleKind::Engine && has_ours(policies, names.0) && !theirs;
    let put = ours
        .filter(|_| lacking || narrower)
        .map(|packed| put_policies(asking.place, policies, Some(packed), names))
        .unwrap_or_default();
    let first = put.first().map(Call::id);
    let told = |(now, detail, mended): (RequirementState, String, bool)| {
        (now, detail, first.clone().filter(|_| mended))
    };
    (verdicts.into_iter().map(told).collect(), put)
}

/// Policies of others that allow far more than is needed, and those that do not. What the devices' role has through the wide
/// ones alone is proposed all the same: they can only be taken off once a narrow one is there.
#[derive(Default)]
struct Wide<'a> {
    names: Vec<&'a str>,
    others: Vec<&'a Document>,
}

impl<'a> Wide<'a> {
    fn among(policies: &'a Policies) -> Self {
        let (wide, others): (Vec<&PolicyFound>, Vec<&PolicyFound>) = policies
            .others
            .iter()
            .partition(|policy| !too_broad(&policy.document).is_empty());
        Self {
            names: wide.iter().map(|policy| policy.name.as_str()).collect(),
            others: others.iter().map(|policy| &policy.document).collect(),
        }
    }

    /// Whether only they allow what is asked, and ours would.
    fn alone_allows<'w, I: Iterator<Item = (&'w str, &'w str)>>(
        &'w self,
        asking: &Asking<'_>,
        policies: &'w Policies,
        ours: &'w Packed,
        asked: impl Fn() -> I,
    ) -> bool {
        let others = || self.others.iter().copied();
        !self.names.is_empty()
            && asking.may(others().chain(policies.ours()), asked()) != Grant::Whole
            && asking.may(others().chain(ours.documents()), asked()) == Grant::Whole
    }

    fn words(&self) -> String {
        format!(
            " Only {} does, which allows far more: with what is proposed it can be taken off.",
            self.names.join(" or ")
        )
    }
}

/// Without a look at the policies ours can still be put where none of it can be there: what holds is not known.
fn unreadable(
    place: &Place,
    reason: &str,
    names: (&str, &str),
    grants: &[Wanted],
    packed: &Result<Packed, String>,
) -> (Vec<Told>, Vec<Call>) {
    let put = packed
        .as_ref()
        .ok()
        .filter(|_| !grants.is_empty())
        .map(|packed| put_policies(place, &Policies::default(), Some(packed), names))
        .unwrap_or_default();
    let mut detail = format!("The role's policies could not be looked at. {reason}");
    if let Err(why) = packed {
        detail.push_str(&format!(" {why}"));
    }
    let change = put.first().map(Call::id);
    let told = |_: &Wanted| (RequirementState::NotChecked, detail.clone(), change.clone());
    (grants.iter().map(told).collect(), put)
}

/// Each action with each of the grant's resources, once.
fn pairs(grant: &Wanted) -> Vec<(&str, &str)> {
    let arns: BTreeSet<&str> = grant
        .resources
        .iter()
        .map(|resource| resource.arn.as_str())
        .collect();
    let actions = grant.actions.iter().map(String::as_str);
    actions
        .flat_map(|action| arns.iter().map(move |arn| (action, *arn)))
        .collect()
}

/// Whether what the components need is known.
fn recipes(needs: &DeviceNeeds) -> Requirement {
    let (now, detail) = if needs.unread.is_empty() {
        let detail = match (needs.components, needs.grants.is_empty()) {
            (0, _) => "The plan has no components.".to_owned(),
            (count, true) => format!("{count} component versions, which need nothing of the role."),
            (count, false) => format!("{count} component versions."),
        };
        (RequirementState::Yes, detail)
    } else {
        let detail = format!(
            "What these need is not counted, since their recipes could not be read: {}",
            needs.unread.join("; ")
        );
        (RequirementState::NotChecked, detail)
    };
    Requirement {
        id: "components".to_owned(),
        title: "What the components need is known from their recipes".to_owned(),
        now,
        detail,
        change: None,
    }
}

fn broad(policies: &Policies) -> Vec<BroadPolicy> {
    let told = policies.others.iter().map(|policy| BroadPolicy {
        policy: policy.name.clone(),
        arn: policy.arn.clone(),
        notes: too_broad(&policy.document),
    });
    told.filter(|policy| !policy.notes.is_empty()).collect()
}
