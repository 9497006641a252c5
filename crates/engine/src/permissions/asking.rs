//! Policies of a role, asked what they say of a request in the role's name.

use overseed_domain::{
    Millis,
    permissions::{Asker, Document, Place, Rules, Truth},
};

use super::{
    asked::{Grant, Verdict, refused},
    found::{Found, Reading},
    judge::moment,
    wire::RequirementState,
};

/// Who asks, and what there is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asking<'a> {
    pub(crate) place: &'a Place,
    /// The role's ARN.
    pub(crate) role: &'a str,
    pub(crate) found: &'a Found,
    pub(crate) now: Millis,
}

impl Asking<'_> {
    /// What the role's policies say, and its boundary (IAM: "Permissions boundaries for IAM entities").
    pub(crate) fn rules<'d>(
        &self,
        documents: impl IntoIterator<Item = &'d Document>,
    ) -> (Rules, Option<(String, Rules)>) {
        let boundary = match &self.found.role {
            Reading::Read(Some(role)) => role.boundary.as_ref(),
            _ => None,
        };
        let bounds = boundary.and_then(|boundary| match &boundary.document {
            Reading::Read(document) => Some((boundary.arn.clone(), self.read([document]))),
            Reading::Unreadable(_) => None,
        });
        (self.read(documents), bounds)
    }

    /// With what is known of a request that Greengrass makes in the role's name. Its credentials are those of a role that a
    /// service assumed, so no service forwards anyone's request (IAM: "Global condition keys", `aws:ViaAWSService`,
    /// `aws:PrincipalIsAWSService`).
    pub(crate) fn read<'d>(&self, documents: impl IntoIterator<Item = &'d Document>) -> Rules {
        let account = self.place.account.as_str();
        let [time, epoch] = moment(self.now);
        let context = [
            ("aws:PrincipalArn", self.role),
            ("aws:PrincipalAccount", account),
            ("aws:PrincipalType", "AssumedRole"),
            ("aws:PrincipalIsAWSService", "false"),
            ("aws:ViaAWSService", "false"),
            ("aws:ResourceAccount", account),
            ("s3:ResourceAccount", account),
            ("aws:RequestedRegion", &self.place.region),
            ("aws:SecureTransport", "true"),
            ("aws:CurrentTime", &time),
            ("aws:EpochTime", &epoch),
        ];
        Rules::read(documents, Asker::Role(self.role), &context)
    }

    /// Whether the documents allow each of these actions on its resource; both are named where one is lacking.
    pub(crate) fn may<'d>(
        &self,
        documents: impl IntoIterator<Item = &'d Document>,
        wanted: impl IntoIterator<Item = (&'d str, &'d str)>,
    ) -> Grant {
        let (rules, bounds) = self.rules(documents);
        let mut lacking = 0_u32;
        let mut first: Option<String> = None;
        let mut unclear: Option<Grant> = None;
        let mut count = 0_u32;
        for (action, arn) in wanted {
            count += 1;
            let asked = plain(arn);
            let said = rules.say(action, &asked);
            let bounded = bounds
                .as_ref()
                .map(|(_, bounds)| bounds.say(action, &asked));
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
            first.get_or_insert_with(|| format!("{action} is {why} on {arn}"));
        }
        match first {
            None => unclear.unwrap_or(Grant::Whole),
            Some(first) if count == 1 => Grant::Lacking(format!("{first}.")),
            Some(first) => Grant::Lacking(format!(
                "{lacking} of {count} rights are missing, such as: {first}."
            )),
        }
    }

    pub(crate) fn verdict(&self, grant: Grant, mended: bool, yes: String) -> Verdict {
        match grant {
            Grant::Lacking(reason) if mended => (RequirementState::NotYet, reason, true),
            Grant::Lacking(reason) => (RequirementState::No, reason, false),
            Grant::Unclear { reason, .. } => (RequirementState::NotChecked, reason, mended),
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

/// A resource as requests name it: what stands for a character in a policy is that character.
pub(crate) fn plain(arn: &str) -> String {
    arn.replace("${*}", "*")
        .replace("${?}", "?")
        .replace("${$}", "$")
}
