//! The script of AWS CLI commands.

use overseed_domain::permissions::{Document, POLICY_PATH};

use super::Set;
use crate::{command_text::option, permissions::found::ROLE_TAG};

impl Set {
    /// For a POSIX shell; running it again ends in the same.
    pub(super) fn script(&self) -> String {
        let mut lines = vec![
            "#!/bin/sh".to_owned(),
            format!(
                "# The execution role {} for Greengrass bulk deployments.",
                self.role
            ),
            format!(
                "# Account {}. Nothing of others is removed.",
                self.place.account
            ),
        ];
        if let Some(widened) = &self.packed.widened {
            lines.push(format!("# Note: {widened}"));
        }
        lines.push("set -eu".to_owned());
        lines.push(String::new());
        self.script_body(&mut lines);
        lines.join("\n")
    }

    /// The commands for this role.
    pub(super) fn script_body(&self, lines: &mut Vec<String>) {
        self.script_role(lines);
        for (name, document) in self.managed() {
            self.script_managed(&name, document, lines);
        }
        if let Some(document) = &self.packed.inline {
            lines.push(format!(
                "{} --policy-name {} --policy-document {}",
                self.on_role("put-role-policy"),
                quoted(&self.policy),
                quoted(&document.compact())
            ));
        }
        self.script_bucket(lines);
        lines.push(String::new());
        if let Some(pass_role) = &self.pass_role {
            let caller = self.whoever();
            lines.push(format!(
                "# {caller} also needs this, by a policy of their own or of a group:"
            ));
            let pass_role = pass_role.canonical();
            lines.extend(pass_role.lines().map(|line| format!("#   {line}")));
        }
        lines.push(format!("# The role's ARN: {}", self.role_arn));
        lines.push(String::new());
    }

    fn script_role(&self, lines: &mut Vec<String>) {
        let create = |trust: &Document| {
            let path = match self.path.as_str() {
                "/" => String::new(),
                path => format!(" --path {}", quoted(path)),
            };
            format!(
                "{}{path} --assume-role-policy-document {}",
                self.on_role("create-role"),
                quoted(&trust.compact())
            )
        };
        match (self.exists, &self.trust) {
            (Some(true), None) => lines.push("# The trust policy suffices as it is.".to_owned()),
            (Some(true), Some(trust)) => lines.push(self.update_trust(trust)),
            // A role that is there keeps its trust policy, which is for people to compare.
            (_, Some(trust)) => lines.extend([
                format!("if {} > /dev/null 2>&1; then", self.on_role("get-role")),
                "  echo 'The role exists. Check that its trust policy has this statement:'"
                    .to_owned(),
                format!("  printf '%s\\n' {}", quoted(&trust.canonical())),
                "else".to_owned(),
                format!("  {}", create(trust)),
                "fi".to_owned(),
            ]),
            (None | Some(false), None) => {}
        }
    }

    /// A policy of that name may be somebody else's: its tag is looked at first. A policy of five versions has no room for a
    /// sixth: the oldest goes.
    fn script_managed(&self, name: &str, document: &Document, lines: &mut Vec<String>) {
        let arn = quoted(&self.place.managed_policy_arn(name));
        let document = quoted(&document.compact());
        let (get, create) = (self.aws("iam get-policy"), self.aws("iam create-policy"));
        let tags = self.aws("iam list-policy-tags");
        let tagged = quoted(&format!("Tags[?Key=='{ROLE_TAG}'].Value | [0]"));
        let role = quoted(&self.role);
        let foreign = quoted(&format!(
            "The policy {name} was not made by Overseed for the role {}: it has no such tag {ROLE_TAG}. It stays as it \
             is, and nothing more is done. Rename or remove it, then run this again.",
            self.role
        ));
        let list = self.aws("iam list-policy-versions");
        let delete = self.aws("iam delete-policy-version");
        let version = self.aws("iam create-policy-version");
        lines.extend([
            format!("if {get} --policy-arn {arn} > /dev/null 2>&1; then"),
            format!("  made_for=$({tags} --policy-arn {arn} --output text --query {tagged})"),
            format!("  if [ \"$made_for\" != {role} ]; then"),
            format!("    echo {foreign} >&2"),
            "    exit 1".to_owned(),
            "  fi".to_owned(),
            format!(
                "  oldest=$({list} --policy-arn {arn} --output text --query 'Versions[4] && \
                 Versions[?!IsDefaultVersion].VersionId | [-1]')"
            ),
            "  if [ -n \"$oldest\" ] && [ \"$oldest\" != None ]; then".to_owned(),
            format!("    {delete} --policy-arn {arn} --version-id \"$oldest\""),
            "  fi".to_owned(),
            format!("  {version} --policy-arn {arn} --set-as-default --policy-document {document}"),
            "else".to_owned(),
            format!(
                "  {create} --policy-name {} --path {} --policy-document {document} --tags Key={},Value={}",
                quoted(name),
                quoted(POLICY_PATH),
                quoted(ROLE_TAG),
                quoted(&self.role)
            ),
            "fi".to_owned(),
            format!("{} --policy-arn {arn}", self.on_role("attach-role-policy")),
        ]);
    }

    fn script_bucket(&self, lines: &mut Vec<String>) {
        let Some(bucket) = &self.bucket else {
            return;
        };
        match &bucket.merged {
            Some(merged) => {
                lines.push(
                    "# The whole policy of the bucket as it was, with one statement more."
                        .to_owned(),
                );
                lines.push(self.put_bucket_policy(&bucket.name, merged));
            }
            // A policy that nobody has seen must not be written over.
            None => {
                let statement = Document::new(vec![bucket.statement.clone()]).canonical();
                lines.extend([
                    format!(
                        "if {} --bucket {} > /dev/null 2>&1; then",
                        self.aws("s3api get-bucket-policy"),
                        quoted(&bucket.name)
                    ),
                    "  echo 'The bucket has a policy. Add this statement to it:'".to_owned(),
                    format!("  printf '%s\\n' {}", quoted(&statement)),
                    "else".to_owned(),
                    format!(
                        "  {}",
                        self.put_bucket_policy(
                            &bucket.name,
                            &Document::new(vec![bucket.statement.clone()]).compact()
                        )
                    ),
                    "fi".to_owned(),
                ]);
            }
        }
    }

    /// The command that lets the service assume a role that is there.
    pub(super) fn update_trust(&self, trust: &Document) -> String {
        format!(
            "{} --policy-document {}",
            self.on_role("update-assume-role-policy"),
            quoted(&trust.compact())
        )
    }

    /// The command that writes a bucket's whole policy.
    pub(super) fn put_bucket_policy(&self, bucket: &str, policy: &str) -> String {
        format!(
            "{} --bucket {} --policy {}",
            self.aws("s3api put-bucket-policy"),
            quoted(bucket),
            quoted(policy)
        )
    }

    /// The command that marks a managed policy as one for the role.
    pub(super) fn tag_policy(&self, name: &str) -> String {
        format!(
            "{} --policy-arn {} --tags {}",
            self.aws("iam tag-policy"),
            quoted(&self.place.managed_policy_arn(name)),
            quoted(&format!("Key={ROLE_TAG},Value={}", self.role))
        )
    }

    fn aws(&self, call: &str) -> String {
        let endpoint = match &self.endpoint {
            Some(url) => format!(" --endpoint-url {}", quoted(url)),
            None => String::new(),
        };
        format!("aws {call}{endpoint}")
    }

    fn on_role(&self, call: &str) -> String {
        format!(
            "{} {}",
            self.aws(&format!("iam {call}")),
            option("--role-name", &quoted(&self.role))
        )
    }
}

/// One word for a POSIX shell, whatever it holds.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_quote_does_not_end_the_word() {
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
    }
}
