//! What the role's and the bucket's policies allow now, and what they would say: the calls between the two.

use overseed_domain::permissions::{
    Document, POLICY_NAME, POLICY_PATH, Packed, Packing, Place, Statement, TooLarge, pack,
    read_statement,
};

use super::{
    asked::{Asked, Grant, Verdict},
    calls::Call,
    found::{Found, OwnPolicy, Policies, ROLE_TAG, Reading},
    judge::Known,
    kind::managed_name,
    needs::Needs,
    wire::{ReadBy, RequirementState},
};

/// Versions that a managed policy may have (IAM).
const VERSIONS: usize = 5;

/// The part of the judgement that is about the role's permissions.
pub(crate) struct Policy {
    pub(crate) deploy: Verdict,
    pub(crate) read: Verdict,
    /// The calls by which the policies become what they should be, in their order.
    pub(crate) calls: Vec<Call>,
    /// How the groups are packed; absent where policies of others suffice, or where nothing fits.
    pub(crate) packed: Option<Packed>,
    /// Whether others allow all groups, so that ours need not name them, but not reading.
    pub(crate) deploys_by_others: bool,
}

/// Judges deploying and reading, and finds the calls that make our policies what the plan needs.
pub(crate) fn policy_of(
    place: &Place,
    role: &str,
    name: &str,
    found: &Found,
    needs: &Needs,
    known: &Known,
) -> Policy {
    let arn = needs.objects.arn(place.partition, &needs.bucket);
    let statement = read_statement(&arn);
    let read = (needs.read_by == ReadBy::Role).then_some(&statement);
    let packed = pack(place, &needs.groups, read, found.room(), needs.pack);
    let policies = match &found.policies {
        Reading::Unreadable(reason) => return unreadable(place, reason, packed, name),
        Reading::Read(policies) => policies,
    };
    let asked = Asked {
        place,
        role,
        needs,
        arn: &arn,
        found,
        known,
    };
    let bucket = asked.bucket();
    let now = (
        asked.may_deploy(policies.documents()),
        asked.may_read(policies.documents(), bucket.now.as_ref()),
    );
    let theirs = (
        asked.may_deploy(policies.others()),
        asked.may_read(policies.others(), bucket.others.as_ref()),
    );
    // Where others allow everything nothing of ours is needed.
    if theirs == (Grant::Whole, Grant::Whole) {
        let mut calls = put_policies(place, policies, None, (POLICY_NAME, name));
        calls.extend(bucket.remove);
        return Policy {
            deploy: asked.deploys(now.0, false),
            read: asked.reads(now.1, false),
            calls,
            packed: None,
            deploys_by_others: false,
        };
    }
    let short = reading(read);
    let room = found.room().inline;
    let deploys_by_others =
        theirs.0 == Grant::Whole && short.documents().all(|document| document.size() <= room);
    let packed = match packed {
        // What others allow is not allowed once more.
        _ if deploys_by_others => short,
        Ok(packed) => packed,
        Err(too_large) => {
            let lacking = |grant: Grant| match grant {
                Grant::Lacking(reason) => Grant::Lacking(format!("{reason} {too_large}")),
                other => other,
            };
            return Policy {
                deploy: asked.deploys(lacking(now.0), false),
                read: asked.reads(now.1, false),
                calls: Vec::new(),
                packed: None,
                deploys_by_others: false,
            };
        }
    };
    let then = || policies.others().chain(packed.documents());
    let (bucket_call, bucket_then) = match needs.read_by {
        ReadBy::Role => (bucket.remove, bucket.others),
        // Our statement is put where the bucket's others do not allow it already.
        ReadBy::Bucket if asked.may_read(then(), bucket.others.as_ref()).granted() => {
            (bucket.remove, bucket.others)
        }
        ReadBy::Bucket => (bucket.put, bucket.with_ours),
    };
    let deploy_then = asked.may_deploy(then());
    let read_then = asked.may_read(then(), bucket_then.as_ref());
    let verdict = |now: Grant, then: Grant| match (now, then) {
        (Grant::Lacking(reason), Grant::Whole) => (Grant::Lacking(reason), true),
        // What stays lacking is told, not what will be mended.
        (Grant::Lacking(_), Grant::Lacking(reason)) => (Grant::Lacking(reason), false),
        // What is missing is put, though a statement of others may still be against it.
        (Grant::Lacking(_), Grant::Unclear { reason, .. }) => {
            let granted = false;
            (Grant::Unclear { reason, granted }, true)
        }
        // A statement of others may grant it already; ours surely does.
        (Grant::Unclear { reason, granted }, then) => {
            let mended = !granted && then.granted();
            (Grant::Unclear { reason, granted }, mended)
        }
        (now, _) => (now, false),
    };
    let (deploy, mended) = verdict(now.0, deploy_then);
    let deploy = asked.deploys(deploy, mended);
    let (grant, mended) = verdict(now.1, read_then);
    let mut read = asked.reads(grant, mended);
    // Where nothing gets better nothing is changed; but what is ours and wider than the plan is made narrower.
    let ours = !policies.inline.is_empty() || !policies.managed.is_empty();
    let mut calls = Vec::new();
    if ours || deploy.2 || read.2 {
        calls = put_policies(place, policies, Some(&packed), (POLICY_NAME, name));
        calls.extend(bucket_call);
    }
    if let Some(reason) = bucket.refused.filter(|_| needs.read_by == ReadBy::Bucket) {
        read.1
            .push_str(&format!(" The statement cannot be put: {reason}."));
    }
    Policy {
        deploy,
        read,
        calls,
        packed: (!deploys_by_others).then_some(packed),
        deploys_by_others,
    }
}

/// The policy of a role that may deploy already: short, so that it fits wherever anything does.
fn reading(read: Option<&Statement>) -> Packed {
    Packed {
        packing: Packing::Inline,
        inline: read.map(|read| Document::new(vec![read.clone()])),
        managed: Vec::new(),
        widened: None,
    }
}

/// Without a look at the policies they can still be put; what holds is not known.
fn unreadable(place: &Place, reason: &str, packed: Result<Packed, TooLarge>, name: &str) -> Policy {
    let calls = match &packed {
        Ok(packed) => put_policies(
            place,
            &Policies::default(),
            Some(packed),
            (POLICY_NAME, name),
        ),
        Err(_) => Vec::new(),
    };
    let mut detail = format!("The role's policies could not be looked at. {reason}");
    if let Err(too_large) = &packed {
        detail.push_str(&format!(" {too_large}"));
    }
    let unknown = || {
        (
            RequirementState::NotChecked,
            detail.clone(),
            !calls.is_empty(),
        )
    };
    Policy {
        deploy: unknown(),
        read: unknown(),
        packed: packed.ok(),
        calls,
        deploys_by_others: false,
    }
}

/// The calls from our present policies to those that are wanted: first what grants, then what takes away. `policy` is the
/// name of the inline policy.
pub(crate) fn put_policies(
    place: &Place,
    present: &Policies,
    wanted: Option<&Packed>,
    (policy, role): (&str, &str),
) -> Vec<Call> {
    let mut calls = Vec::new();
    let managed = wanted.map_or(&[][..], |wanted| &wanted.managed);
    let names = free_names(present, managed, (policy, role));
    for (name, document) in names.iter().zip(managed) {
        let Some(own) = present.managed.iter().find(|own| own.name == *name) else {
            calls.push(Call::CreatePolicy {
                name: name.clone(),
                document: document.clone(),
            });
            calls.push(Call::Attach {
                arn: place.managed_policy_arn(name),
            });
            continue;
        };
        let arn = own.arn.clone();
        if !own.document.same_meaning(document) {
            calls.extend(new_version(own, document));
        }
        if !own.attached {
            calls.push(Call::Attach { arn });
        }
    }
    let inline = wanted.and_then(|wanted| wanted.inline.as_ref());
    calls.extend(put_inline(present, policy, inline));
    for own in present
        .managed
        .iter()
        .filter(|own| !names.contains(&own.name))
    {
        if own.attached {
            calls.push(Call::Detach {
                arn: own.arn.clone(),
            });
        }
        // What others use as well is not ours alone any more.
        if !own.elsewhere {
            calls.extend(delete_policy(own));
        }
    }
    calls
}

/// The call that makes one of our inline policies what is wanted.
fn put_inline(present: &Policies, policy: &str, wanted: Option<&Document>) -> Option<Call> {
    let policy = policy.to_owned();
    match (present.inline.get(&policy), wanted) {
        (Some(before), Some(after)) if before.same_meaning(after) => None,
        (before, Some(after)) => Some(Call::PutInline {
            policy,
            before: before.cloned(),
            after: after.clone(),
        }),
        (Some(before), None) => Some(Call::DeleteInline {
            policy,
            before: before.clone(),
        }),
        (None, None) => None,
    }
}

/// The names of our managed policies: numbered, without those that others have taken, and without those that are attached
/// elsewhere and would say something else there.
pub(crate) fn free_names(
    present: &Policies,
    managed: &[Document],
    (policy, role): (&str, &str),
) -> Vec<String> {
    let mut numbers = 1_usize..;
    let mut names = Vec::with_capacity(managed.len());
    for document in managed {
        let free = |name: &String| {
            let own = present.managed.iter().find(|own| own.name == *name);
            let kept = own.is_some_and(|own| own.elsewhere && !own.document.same_meaning(document));
            !kept && !present.untagged.contains(name)
        };
        let mut all = numbers
            .by_ref()
            .map(|number| managed_name(policy, role, number));
        names.extend(all.find(free));
    }
    names
}

/// What to know of the managed policies before the calls are made.
pub(crate) fn policy_warnings(found: &Found, calls: &[Call]) -> Vec<String> {
    let Reading::Read(policies) = &found.policies else {
        return Vec::new();
    };
    let managed = calls.iter().any(|call| {
        matches!(
            call,
            Call::CreatePolicy { .. } | Call::CreateVersion { .. } | Call::Attach { .. }
        )
    });
    if !managed {
        return Vec::new();
    }
    let mut warnings = Vec::new();
    if let Some(reason) = &policies.unseen {
        warnings.push(format!(
            "It could not be looked at whether Overseed has made managed policies for this role before: if so, a change \
             below fails because the name is taken. {reason}"
        ));
    }
    for name in &policies.untagged {
        warnings.push(format!(
            "The account has a policy {name} under {POLICY_PATH} without Overseed's tag {ROLE_TAG}: it is left as it is, and \
             another number is taken. If it was made from what Overseed handed over, an administrator can tag it, \
             Key={ROLE_TAG} with the role's name as its value; Overseed then keeps it up to date."
        ));
    }
    for own in policies.managed.iter().filter(|own| own.elsewhere) {
        warnings.push(format!(
            "The managed policy {}, which Overseed made for this role, is attached elsewhere as well: it keeps what it says.",
            own.name
        ));
    }
    warnings
}

/// A new version that holds; the oldest goes first where there are as many as there may be.
pub(crate) fn new_version(own: &OwnPolicy, document: &Document) -> Vec<Call> {
    let mut calls = Vec::new();
    let oldest = own
        .versions
        .iter()
        .rev()
        .find(|version| !version.is_default);
    if let Some(oldest) = oldest.filter(|_| own.versions.len() >= VERSIONS) {
        calls.push(Call::DeleteVersion {
            arn: own.arn.clone(),
            version: oldest.id.clone(),
        });
    }
    calls.push(Call::CreateVersion {
        arn: own.arn.clone(),
        before: own.document.clone(),
        after: document.clone(),
    });
    calls
}

/// All other versions, then the policy itself (IAM API Reference, DeletePolicy).
pub(crate) fn delete_policy(own: &OwnPolicy) -> Vec<Call> {
    let older = own.versions.iter().filter(|version| !version.is_default);
    let mut calls: Vec<Call> = older
        .map(|version| Call::DeleteVersion {
            arn: own.arn.clone(),
            version: version.id.clone(),
        })
        .collect();
    calls.push(Call::DeletePolicy {
        arn: own.arn.clone(),
        before: own.document.clone(),
    });
    calls
}

#[cfg(test)]
mod tests;
