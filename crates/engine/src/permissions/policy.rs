//! What the role's and the bucket's policies allow now, and what they would say: the calls between the two.

use overseed_domain::permissions::{
    Answer, Asker, Document, Packed, Place, Rules, TooLarge, bucket_statement, managed_policy_name,
    merge_statement, pack, read_statement, remove_statement, wildcard_arn,
};

use super::{
    calls::{Call, same_policy},
    found::{Found, OwnPolicy, Policies, Reading},
    needs::Needs,
    wire::{ReadBy, RequirementState},
};

/// Versions that a managed policy may have (IAM).
const VERSIONS: usize = 5;

/// State, what was found, and whether one of the calls mends it.
pub(super) type Verdict = (RequirementState, String, bool);

/// The part of the judgement that is about the role's permissions.
pub(super) struct Policy {
    pub(super) deploy: Verdict,
    pub(super) read: Verdict,
    /// The calls by which the policies become what they should be, in their order.
    pub(super) calls: Vec<Call>,
    /// What is put; absent where policies of others suffice, or where nothing fits.
    pub(super) packed: Option<Packed>,
}

/// What the policies say of one need.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Grant {
    Whole,
    /// Why not.
    Lacking(String),
    Unclear(String),
}

/// Judges deploying and reading, and finds the calls that make our policies what the plan needs.
pub(super) fn policy_of(
    place: &Place,
    role: &str,
    name: &str,
    found: &Found,
    needs: &Needs,
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
        let mut calls = put_policies(place, policies, None, name);
        calls.extend(bucket.remove);
        return Policy {
            deploy: asked.deploys(now.0, false),
            read: asked.reads(now.1, false),
            calls,
            packed: None,
        };
    }
    let packed = match packed {
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
            };
        }
    };
    let then = || policies.others().chain(packed.documents());
    let (bucket_call, bucket_then) = match needs.read_by {
        ReadBy::Role => (bucket.remove, bucket.others),
        // Our statement is put where the bucket's others do not allow it already.
        ReadBy::Bucket if asked.may_read(then(), bucket.others.as_ref()) == Grant::Whole => {
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
        (now, _) => (now, false),
    };
    let (deploy, mended) = verdict(now.0, deploy_then);
    let deploy = asked.deploys(deploy, mended);
    let (grant, mended) = verdict(now.1, read_then);
    let mut read = asked.reads(grant, mended);
    // Where nothing gets better nothing is changed; but what is ours and wider than the plan is made narrower.
    let ours = policies.inline.is_some() || !policies.managed.is_empty();
    let mut calls = Vec::new();
    if ours || deploy.2 || read.2 {
        calls = put_policies(place, policies, Some(&packed), name);
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
        packed: Some(packed),
    }
}

/// Without a look at the policies they can still be put; what holds is not known.
fn unreadable(place: &Place, reason: &str, packed: Result<Packed, TooLarge>, name: &str) -> Policy {
    let calls = match &packed {
        Ok(packed) => put_policies(place, &Policies::default(), Some(packed), name),
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
    }
}

/// The calls from our present policies to those that are wanted: first what grants, then what takes away.
fn put_policies(
    place: &Place,
    present: &Policies,
    wanted: Option<&Packed>,
    role: &str,
) -> Vec<Call> {
    let mut calls = Vec::new();
    let managed = wanted.map_or(&[][..], |wanted| &wanted.managed);
    let names: Vec<String> = (1..=managed.len())
        .map(|number| managed_policy_name(role, number))
        .collect();
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
    match (&present.inline, inline) {
        (Some(before), Some(after)) if before.same_meaning(after) => {}
        (before, Some(after)) => calls.push(Call::PutInline {
            before: before.clone(),
            after: after.clone(),
        }),
        (Some(before), None) => calls.push(Call::DeleteInline {
            before: before.clone(),
        }),
        (None, None) => {}
    }
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

/// A new version that holds; the oldest goes first where there are as many as there may be.
pub(super) fn new_version(own: &OwnPolicy, document: &Document) -> Vec<Call> {
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
pub(super) fn delete_policy(own: &OwnPolicy) -> Vec<Call> {
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

/// The bucket's policy now, without ours, and with ours.
#[derive(Default)]
struct BucketPolicy {
    now: Option<Document>,
    others: Option<Document>,
    with_ours: Option<Document>,
    /// Puts our statement; absent where it is there already, or cannot be put.
    put: Option<Call>,
    /// Takes our statement out; absent where there is none.
    remove: Option<Call>,
    /// Why it cannot be put.
    refused: Option<String>,
}

/// What is asked of the policies.
struct Asked<'a> {
    place: &'a Place,
    role: &'a str,
    needs: &'a Needs,
    /// The objects' ARN.
    arn: &'a str,
    found: &'a Found,
}

impl Asked<'_> {
    fn asker(&self) -> Asker<'_> {
        Asker::Role(self.role)
    }

    fn bucket(&self) -> BucketPolicy {
        let present = match &self.found.bucket_policy {
            Reading::Read(present) => present.as_deref(),
            Reading::Unreadable(reason) => {
                let refused = format!("the bucket's policy could not be looked at. {reason}");
                return BucketPolicy {
                    refused: Some(refused),
                    ..BucketPolicy::default()
                };
            }
        };
        let parse = |text: Option<&str>| text.and_then(|text| Document::parse(text).ok());
        let call = |after: Option<&str>| {
            (!same_policy(present, after)).then(|| Call::PutBucketPolicy {
                bucket: self.needs.bucket.clone(),
                before: present.map(str::to_owned),
                after: after.map(str::to_owned),
            })
        };
        let others = match present.map(|text| remove_statement(text, self.role)) {
            Some(Ok(others)) => others,
            Some(Err(_)) | None => None,
        };
        let statement = bucket_statement(self.role, self.arn);
        let (with_ours, refused) = match merge_statement(present, self.role, &statement) {
            Ok(merged) => (Some(merged), None),
            Err(reason) => (None, Some(reason.to_string())),
        };
        BucketPolicy {
            now: parse(present),
            put: with_ours.as_deref().and_then(|merged| call(Some(merged))),
            remove: call(others.as_deref()),
            others: parse(others.as_deref()),
            with_ours: parse(with_ours.as_deref()),
            refused,
        }
    }

    /// What the role's policies and its boundary say together (IAM: "Permissions boundaries for IAM entities").
    fn rules<'d>(
        &self,
        documents: impl IntoIterator<Item = &'d Document>,
    ) -> (Rules, Option<(String, Rules)>) {
        let boundary = match &self.found.role {
            Reading::Read(Some(role)) => role.boundary.as_ref(),
            _ => None,
        };
        let bounds = boundary.and_then(|boundary| match &boundary.document {
            Reading::Read(document) => {
                Some((boundary.arn.clone(), Rules::read([document], self.asker())))
            }
            Reading::Unreadable(_) => None,
        });
        (Rules::read(documents, self.asker()), bounds)
    }

    /// What is true of a request that Greengrass makes in the role's name.
    fn context(&self) -> Vec<(&'static str, &str)> {
        let account = self.place.account.as_str();
        vec![
            ("aws:PrincipalArn", self.role),
            ("aws:PrincipalAccount", account),
            ("aws:PrincipalType", "AssumedRole"),
            ("aws:ResourceAccount", account),
            ("s3:ResourceAccount", account),
            ("aws:RequestedRegion", &self.place.region),
            ("aws:SecureTransport", "true"),
        ]
    }

    /// Each group that is kept, and the pattern for all groups where not all are.
    fn may_deploy<'d>(&self, documents: impl IntoIterator<Item = &'d Document>) -> Grant {
        const ACTION: &str = "greengrass:CreateDeployment";
        let (rules, bounds) = self.rules(documents);
        let context = self.context();
        let groups = &self.needs.groups;
        let mut lacking = 0_u32;
        let mut first: Option<(String, String)> = None;
        let pattern = (!groups.complete()).then(|| wildcard_arn(self.place));
        let arns = groups.ids().iter().map(|id| self.place.group_arn(id));
        for arn in pattern.into_iter().chain(arns) {
            let mut why = match rules.ask(self.asker(), ACTION, &arn, &context) {
                Answer::Allowed => None,
                Answer::Denied => Some("denied by a statement".to_owned()),
                Answer::Silent => Some("not allowed".to_owned()),
                Answer::Unclear(reason) => return Grant::unclear(&reason),
            };
            if let (None, Some((boundary, bounds))) = (&why, &bounds) {
                why = match bounds.ask(self.asker(), ACTION, &arn, &context) {
                    Answer::Allowed => None,
                    Answer::Denied | Answer::Silent => {
                        Some(format!("kept back by the permissions boundary {boundary}"))
                    }
                    Answer::Unclear(reason) => return Grant::unclear(&reason),
                };
            }
            if let Some(why) = why {
                lacking += 1;
                first.get_or_insert((arn, why));
            }
        }
        let Some((arn, why)) = first else {
            return Grant::Whole;
        };
        Grant::Lacking(if groups.complete() {
            let count = groups.count();
            format!("{ACTION} is {why} on {lacking} of {count} groups, such as {arn}.")
        } else {
            format!("{ACTION} is {why} on {arn}.")
        })
    }

    /// Within an account the role's policies or the bucket's may allow it, and either may deny it (IAM: "Policy
    /// evaluation logic"); a boundary bounds both.
    fn may_read<'d>(
        &self,
        documents: impl IntoIterator<Item = &'d Document>,
        bucket: Option<&Document>,
    ) -> Grant {
        const ACTION: &str = "s3:GetObject";
        let arn = self.arn;
        let (rules, bounds) = self.rules(documents);
        let bucket = Rules::read(bucket, self.asker());
        let context = self.context();
        // Asked of the pattern: the next plan's file is to be readable as well.
        let asked = arn
            .replace("${*}", "*")
            .replace("${?}", "?")
            .replace("${$}", "$");
        let ask = |rules: &Rules| rules.ask(self.asker(), ACTION, &asked, &context);
        match (ask(&rules), ask(&bucket)) {
            (Answer::Denied, _) => {
                return Grant::Lacking(format!("A policy of the role denies {ACTION} on {arn}."));
            }
            (_, Answer::Denied) => {
                return Grant::Lacking(format!("The bucket's policy denies {ACTION} on {arn}."));
            }
            (Answer::Unclear(reason), _) | (_, Answer::Unclear(reason)) => {
                return Grant::unclear(&reason);
            }
            (Answer::Silent, Answer::Silent) => {
                return Grant::Lacking(format!("No policy allows {ACTION} on {arn}."));
            }
            (Answer::Allowed, _) | (_, Answer::Allowed) => {}
        }
        match bounds.map(|(boundary, bounds)| (boundary, ask(&bounds))) {
            None | Some((_, Answer::Allowed)) => Grant::Whole,
            Some((boundary, Answer::Denied | Answer::Silent)) => Grant::Lacking(format!(
                "The permissions boundary {boundary} keeps {ACTION} on {arn} back."
            )),
            Some((_, Answer::Unclear(reason))) => Grant::unclear(&reason),
        }
    }

    fn deploys(&self, grant: Grant, mended: bool) -> Verdict {
        let count = self.needs.groups.count();
        let yes = format!("Its policies allow greengrass:CreateDeployment on all {count} groups.");
        self.verdict(grant, mended, yes)
    }

    fn reads(&self, grant: Grant, mended: bool) -> Verdict {
        let yes = format!("Allowed: s3:GetObject on {}.", self.arn);
        let mut verdict = self.verdict(grant, mended, yes);
        if let Reading::Unreadable(reason) = &self.found.bucket_policy
            && self.needs.read_by == ReadBy::Role
        {
            let more = format!(" The bucket's own policy could not be looked at. {reason}");
            verdict.1.push_str(&more);
        }
        verdict
    }

    fn verdict(&self, grant: Grant, mended: bool, yes: String) -> Verdict {
        match grant {
            Grant::Lacking(reason) if mended => (RequirementState::NotYet, reason, true),
            Grant::Lacking(reason) => (RequirementState::No, reason, false),
            Grant::Unclear(reason) => (RequirementState::NotChecked, reason, false),
            Grant::Whole => match self.unread_boundary() {
                None => (RequirementState::Yes, yes, false),
                Some(why) => (RequirementState::NotChecked, format!("{yes} {why}"), false),
            },
        }
    }

    fn unread_boundary(&self) -> Option<String> {
        let Reading::Read(Some(role)) = &self.found.role else {
            return None;
        };
        let boundary = role.boundary.as_ref()?;
        match &boundary.document {
            Reading::Read(_) => None,
            Reading::Unreadable(reason) => Some(format!(
                "But the role has a permissions boundary that may take it away, {}, and it could not be looked at: \
                 {reason}",
                boundary.arn
            )),
        }
    }
}

impl Grant {
    fn unclear(reason: &str) -> Self {
        Self::Unclear(format!("A statement cannot be evaluated: {reason}"))
    }
}

#[cfg(test)]
mod tests;
