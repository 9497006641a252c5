//! The Terraform configuration, built as HCL and never pasted together.
//!
//! Sources: Terraform's language documentation ("Import", "The `lifecycle` meta-argument", "The `count` meta-argument");
//! the AWS provider's pages of `aws_iam_role`, `aws_iam_role_policy`, `aws_iam_policy`, `aws_s3_bucket_policy`.

use hcl::{
    Block, BlockBuilder, Body, BodyBuilder, Expression, Identifier,
    expr::{
        BinaryOp, BinaryOperator, Conditional, FuncCall, Traversal, TraversalBuilder, Variable,
    },
    format::{Format as _, Formatter},
};
use overseed_domain::permissions::POLICY_PATH;
use serde_json::Value;

use super::{BucketPart, Set, read, unwritable};
use crate::{
    Error,
    permissions::{RoleKind, found::ROLE_TAG},
};

/// The first Terraform with `import` blocks.
const TERRAFORM: &str = ">= 1.5.0";

/// The providers whose resources have the arguments that are used.
const PROVIDER: &str = ">= 5.0.0";

/// What of a role that others made stays as it is: all but its trust policy.
const KEPT: [&str; 6] = [
    "description",
    "max_session_duration",
    "path",
    "permissions_boundary",
    "tags",
    "tags_all",
];

impl Set {
    /// For a folder of its own. What is there already is imported where its trust policy or the bucket's policy has to
    /// change, so that the plan shows now beside then.
    pub(super) fn terraform(&self) -> Result<String, Error> {
        let body = self.in_terraform(self.frame())?;
        let mut notes = vec![format!(
            "Execution role {} for AWS IoT Greengrass bulk deployments, as worked out by Overseed.",
            self.role
        )];
        notes.extend(self.terraform_notes());
        written(body, &notes)
    }

    /// All of this role.
    pub(super) fn in_terraform(&self, body: BodyBuilder) -> Result<BodyBuilder, Error> {
        let body = self.role_in_terraform(body)?;
        let body = self.policies_in_terraform(body)?;
        let body = self.bucket_in_terraform(body)?;
        let body = self.pass_role_in_terraform(body)?;
        let output = Block::builder("output")
            .add_label(self.local("role_arn"))
            .add_attribute(("value", self.role_arn.as_str()));
        Ok(body.add_block(output.build()))
    }

    /// A name within the configuration: those of V1 have one role, whose names stay as they were.
    fn local(&self, name: &str) -> String {
        match self.kind {
            RoleKind::Execution => name.to_owned(),
            RoleKind::Device => format!("device_{name}"),
            RoleKind::Engine => format!("engine_{name}"),
        }
    }

    /// The role in the configuration.
    const fn terraform_role(&self) -> [&'static str; 2] {
        let name = match self.kind {
            RoleKind::Execution => "execution",
            RoleKind::Device => "device",
            RoleKind::Engine => "engine",
        };
        ["aws_iam_role", name]
    }

    /// What is to be known of this role.
    pub(super) fn terraform_notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        notes.extend(self.packed.widened.clone());
        notes.extend(self.beyond_latin());
        notes.extend(self.bucket_refused());
        if self.exists == Some(true) && self.trust.is_some() {
            notes.push(
                "The role exists: it is imported for its trust policy, which keeps all statements that it had."
                    .to_owned(),
            );
        }
        if self.pass_role.is_some() {
            notes.push(format!(
                "{} also needs to pass the role: pass_role_user and pass_role_role give that to a user or a role.",
                self.whoever()
            ));
        }
        notes
    }

    pub(super) fn frame(&self) -> BodyBuilder {
        let source = [("source", "hashicorp/aws"), ("version", PROVIDER)];
        let providers = Block::builder("required_providers")
            .add_attribute(("aws", Expression::from_iter(source)))
            .build();
        let terraform = Block::builder("terraform")
            .add_attribute(("required_version", TERRAFORM))
            .add_block(providers)
            .build();
        let mut provider = Block::builder("provider")
            .add_label("aws")
            .add_attribute(("region", self.place.region.as_str()))
            // No other account gets it by mistake.
            .add_attribute(("allowed_account_ids", vec![self.place.account.as_str()]));
        if let Some(endpoint) = &self.endpoint {
            let of = |service: &str| (service.to_owned(), endpoint.as_str());
            let endpoints = Block::builder("endpoints")
                .add_attributes(["iam", "s3", "sts"].map(of))
                .build();
            provider = provider.add_block(endpoints);
        }
        Body::builder()
            .add_block(terraform)
            .add_block(provider.build())
    }

    fn role_in_terraform(&self, mut body: BodyBuilder) -> Result<BodyBuilder, Error> {
        let mut name = Expression::from(self.role.as_str());
        if let Some(trust) = &self.trust {
            let (with_trust, trust) = encoded(body, &self.local("trust"), &read(trust)?)?;
            body = with_trust;
            let mut role = resource(self.terraform_role());
            match self.exists {
                Some(true) => body = body.add_block(import(self.terraform_role(), &self.role)),
                Some(false) => name = path(self.terraform_role()).attr("name").build().into(),
                None => {
                    let there = format!(
                        "Nobody looked whether the role is there. true: it is, and gets the policies only; see that its \
                         trust policy lets {} assume it",
                        self.kind.who()
                    );
                    let known = self.local("role_exists");
                    body = body.add_block(asked(&known, "bool", false.into(), &there));
                    let exists = || path(["var", known.as_str()]).build();
                    role = role.add_attribute(("count", Conditional::new(exists(), 0_u8, 1_u8)));
                    let made = path(self.terraform_role()).index(0_u8).attr("name").build();
                    name = Conditional::new(exists(), self.role.as_str(), made).into();
                }
            }
            role = role.add_attribute(("name", self.role.as_str()));
            if self.exists != Some(true) && self.path != "/" {
                role = role.add_attribute(("path", self.path.as_str()));
            }
            role = if self.exists == Some(true) {
                let kept: Expression = KEPT.into_iter().map(variable).collect();
                role.add_attribute(("assume_role_policy", trust)).add_block(
                    Block::builder("lifecycle")
                        .add_attribute(("prevent_destroy", true))
                        .add_attribute(("ignore_changes", kept))
                        .build(),
                )
            } else {
                let description = self.kind.title();
                role.add_attribute(("description", description))
                    .add_attribute(("assume_role_policy", trust))
            };
            body = body.add_block(role.build());
        }
        let locals = Block::builder("locals").add_attribute((self.local("role"), name));
        Ok(body.add_block(locals.build()))
    }

    fn policies_in_terraform(&self, mut body: BodyBuilder) -> Result<BodyBuilder, Error> {
        let local_role = self.local("role");
        let role = || path(["local", local_role.as_str()]).build();
        if let Some(document) = &self.packed.inline {
            let (with_document, document) = encoded(body, &self.local("inline"), &read(document)?)?;
            body = with_document;
            let policy = resource(["aws_iam_role_policy", &self.local("inline")])
                .add_attribute(("name", self.policy.as_str()))
                .add_attribute(("role", role()))
                .add_attribute(("policy", document));
            body = body.add_block(policy.build());
        }
        for (number, (name, document)) in (1_usize..).zip(self.managed()) {
            let label = self.local(&format!("managed_{number}"));
            let address = ["aws_iam_policy", label.as_str()];
            let (with_document, document) = encoded(body, &label, &read(document)?)?;
            body = with_document;
            // It is imported with what it says now, and given a new version.
            if self.own.managed.contains(&name) {
                body = body.add_block(import(address, &self.place.managed_policy_arn(&name)));
            }
            let tags = Expression::from_iter([(ROLE_TAG, self.role.as_str())]);
            let policy = resource(address)
                .add_attribute(("name", name.as_str()))
                .add_attribute(("path", POLICY_PATH))
                .add_attribute(("tags", tags))
                .add_attribute(("policy", document));
            let attachment = resource(["aws_iam_role_policy_attachment", &label])
                .add_attribute(("role", role()))
                .add_attribute(("policy_arn", path(address).attr("arn").build()));
            body = body.add_block(policy.build()).add_block(attachment.build());
        }
        Ok(body)
    }

    fn bucket_in_terraform(&self, body: BodyBuilder) -> Result<BodyBuilder, Error> {
        const BUCKET: [&str; 2] = ["aws_s3_bucket_policy", "input_files"];
        let Some(bucket) = &self.bucket else {
            return Ok(body);
        };
        let Some(document) = bucket.document()? else {
            return Ok(body);
        };
        let BucketPart { name, present, .. } = bucket;
        let (mut body, document) = encoded(body, "bucket_policy", &document)?;
        let mut policy = resource(BUCKET);
        match present {
            Some(true) => body = body.add_block(import(BUCKET, name)),
            Some(false) => {}
            // A policy that nobody has seen must not be written over.
            None => {
                let none = "Nobody looked whether the bucket has a policy. true: it has none, write one; otherwise add the \
                            statement of local.bucket_policy to the one that it has";
                body = body.add_block(asked("bucket_has_no_policy", "bool", false.into(), none));
                let bare = path(["var", "bucket_has_no_policy"]).build();
                policy = policy.add_attribute(("count", Conditional::new(bare, 1_u8, 0_u8)));
            }
        }
        policy = policy
            .add_attribute(("bucket", name.as_str()))
            .add_attribute(("policy", document));
        if self.trust.is_some() {
            // The principal has to be there before the policy is.
            let role: Expression = [path(self.terraform_role()).build()].into_iter().collect();
            policy = policy.add_attribute(("depends_on", role));
        }
        if *present == Some(true) {
            let lifecycle = Block::builder("lifecycle").add_attribute(("prevent_destroy", true));
            policy = policy.add_block(lifecycle.build());
        }
        Ok(body.add_block(policy.build()))
    }

    /// The right to pass the role, given to someone only where the administrator names them.
    fn pass_role_in_terraform(&self, body: BodyBuilder) -> Result<BodyBuilder, Error> {
        let Some(pass_role) = &self.pass_role else {
            return Ok(body);
        };
        let (mut body, document) = encoded(body, "pass_role", &read(pass_role)?)?;
        for (variable, kind, attribute) in [
            ("pass_role_user", "aws_iam_user_policy", "user"),
            ("pass_role_role", "aws_iam_role_policy", "role"),
        ] {
            let what = format!(
                "Name of a {attribute} that may pass the role to {}; empty for none",
                self.kind.who()
            );
            let named = || path(["var", variable]).build();
            let none = BinaryOp::new(named(), BinaryOperator::Eq, "");
            let policy = resource([kind, "pass_role"])
                .add_attribute(("count", Conditional::new(none, 0_u8, 1_u8)))
                .add_attribute(("name", self.pass_role_name()))
                .add_attribute((attribute, named()))
                .add_attribute(("policy", document.clone()));
            body = body
                .add_block(asked(variable, "string", "".into(), &what))
                .add_block(policy.build());
        }
        Ok(body)
    }
}

/// The configuration's text, below its notes.
pub(super) fn written(body: BodyBuilder, notes: &[String]) -> Result<String, Error> {
    let body: Body = body.build();
    let mut formatter = Formatter::builder().prefer_ident_keys(true).build_vec();
    let text = body
        .format_string(&mut formatter)
        .map_err(unwritable("The configuration cannot be written"))?;
    let mut lines: Vec<String> = notes.iter().map(|note| format!("# {note}")).collect();
    lines.push(String::new());
    lines.push(text);
    Ok(lines.join("\n"))
}

fn resource([kind, name]: [&str; 2]) -> BlockBuilder {
    Block::builder("resource").add_labels([kind, name])
}

/// Takes what is there under an id into the configuration.
fn import(to: [&str; 2], id: &str) -> Block {
    Block::builder("import")
        .add_attribute(("to", path(to).build()))
        .add_attribute(("id", id))
        .build()
}

/// A variable that the administrator may set.
fn asked(name: &str, kind: &str, default: Expression, description: &str) -> Block {
    Block::builder("variable")
        .add_label(name)
        .add_attribute(("type", variable(kind)))
        .add_attribute(("default", default))
        .add_attribute(("description", description))
        .build()
}

fn variable(name: &str) -> Expression {
    Variable::sanitized(name).into()
}

/// Such as `var.role_exists`.
fn path([first, second]: [&str; 2]) -> TraversalBuilder {
    Traversal::builder(variable(first)).attr(Identifier::sanitized(second))
}

/// A document as a local value, which stands over many lines to be read, and the expression that makes JSON of it:
/// Terraform compares that with what is there by meaning.
fn encoded(
    body: BodyBuilder,
    name: &str,
    document: &Value,
) -> Result<(BodyBuilder, Expression), Error> {
    let document =
        hcl::to_expression(document).map_err(unwritable("A policy cannot be written as HCL"))?;
    let locals = Block::builder("locals").add_attribute((name, document));
    let call = FuncCall::builder(Identifier::sanitized("jsonencode"))
        .arg(path(["local", name]).build())
        .build();
    Ok((body.add_block(locals.build()), call.into()))
}
