//! What is asked of the role's and the bucket's policies, and what they answer.

use overseed_domain::figures::grouped;
use overseed_domain::permissions::{
    Document, Objects, Place, Said, Truth, bucket_statement, merge_statement, remove_statement,
    wildcard_arn,
};

use super::{
    asking::Asking,
    calls::{Call, same_policy},
    found::{Found, Reading},
    judge::Known,
    needs::Needs,
    wire::{ReadBy, RequirementState},
};

/// State, what was found, and whether one of the calls mends it.
pub(crate) type Verdict = (RequirementState, String, bool);

/// What the policies say of one need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Grant {
    Whole,
    /// Why not.
    Lacking(String),
    /// A statement cannot be evaluated.
    Unclear {
        reason: String,
        /// Whether it is surely allowed, and only perhaps denied.
        granted: bool,
    },
}

/// The bucket's policy now, without ours, and with ours.
#[derive(Default)]
pub(crate) struct BucketPolicy {
    pub(crate) now: Option<Document>,
    pub(crate) others: Option<Document>,
    pub(crate) with_ours: Option<Document>,
    /// Puts our statement; absent where it is there already, or cannot be put.
    pub(crate) put: Option<Call>,
    /// Takes our statement out; absent where there is none.
    pub(crate) remove: Option<Call>,
    /// Why it cannot be put.
    pub(crate) refused: Option<String>,
}

/// What is asked of the policies.
pub(crate) struct Asked<'a> {
    pub(crate) place: &'a Place,
    pub(crate) role: &'a str,
    pub(crate) needs: &'a Needs,
    /// The objects' ARN.
    pub(crate) arn: &'a str,
    pub(crate) found: &'a Found,
    pub(crate) known: &'a Known,
}

impl<'a> Asked<'a> {
    const fn asking(&self) -> Asking<'a> {
        Asking {
            place: self.place,
            role: self.role,
            found: self.found,
            now: self.known.now,
        }
    }

    pub(crate) fn bucket(&self) -> BucketPolicy {
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
        let statement = bucket_statement(self.role, self.arn);
        let others = match present.map(|text| remove_statement(text, &statement)) {
            Some(Ok(others)) => others,
            Some(Err(_)) | None => None,
        };
        let (with_ours, refused) = match merge_statement(present, &statement) {
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

    /// Each group that is kept, and the pattern for all groups where not all are.
    pub(crate) fn may_deploy<'d>(
        &self,
        documents: impl IntoIterator<Item = &'d Document>,
    ) -> Grant {
        const ACTION: &str = "greengrass:CreateDeployment";
        let (rules, bounds) = self.asking().rules(documents);
        let groups = &self.needs.groups;
        let mut lacking = 0_u32;
        let mut first: Option<(String, String)> = None;
        let mut unclear: Option<Grant> = None;
        let pattern = (!groups.complete()).then(|| wildcard_arn(self.place));
        let arns = groups.ids().iter().map(|id| self.place.group_arn(id));
        for arn in pattern.into_iter().chain(arns) {
            let said = rules.say(ACTION, &arn);
            let bounded = bounds.as_ref().map(|(_, bounds)| bounds.say(ACTION, &arn));
            let why = match (&said, &bounded) {
                (said, _) if said.denies == Truth::Yes => "denied by a statement".to_owned(),
                (said, _) if said.allows == Truth::No => "not allowed".to_owned(),
                (_, Some(bounded)) if refused(bounded) => {
                    let boundary = bounds.as_ref().map_or("", |(arn, _)| arn);
                    format!("kept back by the permissions boundary {boundary}")
                }
                _ => {
                    unclear = Grant::worse(unclear, Grant::of(said, bounded));
                    continue;
                }
            };
            lacking += 1;
            first.get_or_insert((arn, why));
        }
        let Some((arn, why)) = first else {
            return unclear.unwrap_or(Grant::Whole);
        };
        Grant::Lacking(if groups.complete() {
            let count = groups.count();
            format!(
                "{ACTION} is {why} on {} of {} groups, such as {arn}.",
                grouped(lacking),
                grouped(count)
            )
        } else {
            format!("{ACTION} is {why} on {arn}.")
        })
    }

    /// Within an account the role's policies or the bucket's may allow it, and either may deny it (IAM: "Policy
    /// evaluation logic"); a boundary bounds both.
    pub(crate) fn may_read<'d>(
        &self,
        documents: impl IntoIterator<Item = &'d Document>,
        bucket: Option<&Document>,
    ) -> Grant {
        const ACTION: &str = "s3:GetObject";
        let (rules, bounds) = self.asking().rules(documents);
        let bucket = self.asking().read(bucket);
        // The pattern, as the next plan's file is to be readable as well; and this plan's own, which a statement may single
        // out.
        let keys = self.known.keys.iter().map(|key| {
            let key = Objects::Key(key.clone());
            key.arn(self.place.partition, &self.needs.bucket)
        });
        let mut unclear: Option<Grant> = None;
        for arn in std::iter::once(self.arn.to_owned()).chain(keys) {
            let asked = arn
                .replace("${*}", "*")
                .replace("${?}", "?")
                .replace("${$}", "$");
            let by_role = rules.say(ACTION, &asked);
            let by_bucket = bucket.say(ACTION, &asked);
            if by_role.denies == Truth::Yes {
                return Grant::Lacking(format!("A policy of the role denies {ACTION} on {arn}."));
            }
            if by_bucket.denies == Truth::Yes {
                return Grant::Lacking(format!("The bucket's policy denies {ACTION} on {arn}."));
            }
            let said = by_role.or(by_bucket);
            if said.allows == Truth::No {
                return Grant::Lacking(format!("No policy allows {ACTION} on {arn}."));
            }
            let bounded = bounds
                .as_ref()
                .map(|(_, bounds)| bounds.say(ACTION, &asked));
            if let (Some(bounded), Some((boundary, _))) = (&bounded, &bounds)
                && refused(bounded)
            {
                return Grant::Lacking(format!(
                    "The permissions boundary {boundary} keeps {ACTION} on {arn} back."
                ));
            }
            unclear = Grant::worse(unclear, Grant::of(said, bounded));
        }
        unclear.unwrap_or(Grant::Whole)
    }

    pub(crate) fn deploys(&self, grant: Grant, mended: bool) -> Verdict {
        let count = self.needs.groups.count();
        let yes = format!(
            "Its policies allow greengrass:CreateDeployment on all {} groups.",
            grouped(count)
        );
        self.asking().verdict(grant, mended, yes)
    }

    pub(crate) fn reads(&self, grant: Grant, mended: bool) -> Verdict {
        let yes = format!("Allowed: s3:GetObject on {}.", self.arn);
        let mut verdict = self.asking().verdict(grant, mended, yes);
        if let Reading::Unreadable(reason) = &self.found.bucket_policy
            && self.needs.read_by == ReadBy::Role
        {
            let more = format!(" The bucket's own policy could not be looked at. {reason}");
            verdict.1.push_str(&more);
        }
        verdict
    }
}

/// Whether a boundary surely keeps something back.
pub(crate) fn refused(bounded: &Said) -> bool {
    bounded.denies == Truth::Yes || bounded.allows == Truth::No
}

impl Grant {
    /// Whether it is surely allowed, though perhaps denied.
    pub(crate) const fn granted(&self) -> bool {
        matches!(self, Self::Whole | Self::Unclear { granted: true, .. })
    }

    /// What is neither surely denied nor surely not allowed.
    pub(crate) fn of(said: Said, bounded: Option<Said>) -> Self {
        let granted = said.allows == Truth::Yes;
        let denied = bounded.map_or(Truth::No, |bounded| match bounded.allows {
            Truth::Unclear(reason) => Truth::Unclear(reason),
            Truth::Yes | Truth::No => bounded.denies,
        });
        match (said.denies.or(denied), said.allows) {
            (Truth::Unclear(reason), _) | (_, Truth::Unclear(reason)) => Self::Unclear {
                reason: format!("A statement cannot be evaluated in advance. {reason}."),
                granted,
            },
            (Truth::Yes | Truth::No, Truth::Yes | Truth::No) => Self::Whole,
        }
    }

    /// The less certain of two; one that may not even be allowed is worse than one that may be denied.
    pub(crate) fn worse(first: Option<Self>, second: Self) -> Option<Self> {
        match (first, second) {
            (first, Self::Whole) => first,
            (Some(first), second) if !first.granted() || second.granted() => Some(first),
            (_, second) => Some(second),
        }
    }
}
