//! What is asked of the role's and the bucket's policies, and what they answer.

use overseed_domain::permissions::{
    Answer, Asker, Document, Place, Rules, bucket_statement, merge_statement, remove_statement,
    wildcard_arn,
};

use super::{
    calls::{Call, same_policy},
    found::{Found, Reading},
    needs::Needs,
    wire::{ReadBy, RequirementState},
};

/// State, what was found, and whether one of the calls mends it.
pub(super) type Verdict = (RequirementState, String, bool);

/// What the policies say of one need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Grant {
    Whole,
    /// Why not.
    Lacking(String),
    Unclear(String),
}

/// The bucket's policy now, without ours, and with ours.
#[derive(Default)]
pub(super) struct BucketPolicy {
    pub(super) now: Option<Document>,
    pub(super) others: Option<Document>,
    pub(super) with_ours: Option<Document>,
    /// Puts our statement; absent where it is there already, or cannot be put.
    pub(super) put: Option<Call>,
    /// Takes our statement out; absent where there is none.
    pub(super) remove: Option<Call>,
    /// Why it cannot be put.
    pub(super) refused: Option<String>,
}

/// What is asked of the policies.
pub(super) struct Asked<'a> {
    pub(super) place: &'a Place,
    pub(super) role: &'a str,
    pub(super) needs: &'a Needs,
    /// The objects' ARN.
    pub(super) arn: &'a str,
    pub(super) found: &'a Found,
}

impl Asked<'_> {
    fn asker(&self) -> Asker<'_> {
        Asker::Role(self.role)
    }

    pub(super) fn bucket(&self) -> BucketPolicy {
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
    pub(super) fn may_deploy<'d>(
        &self,
        documents: impl IntoIterator<Item = &'d Document>,
    ) -> Grant {
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
    pub(super) fn may_read<'d>(
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

    pub(super) fn deploys(&self, grant: Grant, mended: bool) -> Verdict {
        let count = self.needs.groups.count();
        let yes = format!("Its policies allow greengrass:CreateDeployment on all {count} groups.");
        self.verdict(grant, mended, yes)
    }

    pub(super) fn reads(&self, grant: Grant, mended: bool) -> Verdict {
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
