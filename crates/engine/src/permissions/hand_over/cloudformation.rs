//! The CloudFormation template, in JSON.
//!
//! Sources: CloudFormation Template Reference Guide, `AWS::IAM::Role`, `RolePolicy`, `UserPolicy`, `ManagedPolicy` (which
//! has no tags) and `AWS::S3::BucketPolicy`; User Guide, "Understand CloudFormation stack creation events", "Quotas".

use overseed_domain::figures::bytes;
use overseed_domain::permissions::{Document, POLICY_PATH};
use serde_json::{Map, Value, json};

use super::{Set, read, unwritable};
use crate::{Error, permissions::RoleKind};

/// Bytes of a template that is given to CloudFormation directly; longer ones are read from S3, up to 1 MB.
const DIRECT: usize = 51_200;

/// The parts of a template as they come together.
#[derive(Default)]
pub(super) struct Template {
    notes: Vec<String>,
    /// What CloudFormation cannot do: why, and the AWS CLI's command.
    commands: Vec<Value>,
    parameters: Map<String, Value>,
    conditions: Map<String, Value>,
    resources: Map<String, Value>,
    outputs: Map<String, Value>,
    /// By which someone may pass a role.
    pass_role: Option<Document>,
}

impl Template {
    /// The template's text.
    pub(super) fn written(&mut self, description: &str, account: &str) -> Result<String, Error> {
        let text = self.text(description, account)?;
        if text.len() <= DIRECT {
            return Ok(text);
        }
        self.notes.push(format!(
            "The template is longer than the {} that CloudFormation takes directly: give it to `aws \
             cloudformation deploy` with --s3-bucket.",
            bytes(DIRECT)
        ));
        self.text(description, account)
    }

    fn text(&self, description: &str, account: &str) -> Result<String, Error> {
        let mut description = description.to_owned();
        if !self.commands.is_empty() {
            description.push_str(
                " CloudFormation cannot do all of it: the AWS CLI's commands for the rest are under Metadata, Overseed, \
                 Commands.",
            );
        }
        let mut overseed = json!({ "Notes": self.notes, "Commands": self.commands });
        if let (Some(pass_role), Some(fields)) = (&self.pass_role, overseed.as_object_mut()) {
            fields.insert("PassRole".to_owned(), read(pass_role)?);
        }
        let mut whole = json!({
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": description,
            "Metadata": { "Overseed": overseed },
            "Rules": {
                "Account": {
                    "Assertions": [{
                        "Assert": { "Fn::Equals": [{ "Ref": "AWS::AccountId" }, account] },
                        "AssertDescription": format!("This template is for account {account}."),
                    }]
                }
            },
            "Parameters": self.parameters,
            "Conditions": self.conditions,
            "Resources": self.resources,
            "Outputs": self.outputs,
        });
        if let Some(fields) = whole.as_object_mut() {
            // Sections may not be empty.
            fields.retain(|_, section| section.as_object().is_none_or(|fields| !fields.is_empty()));
        }
        let text = serde_json::to_string_pretty(&whole)
            .map_err(unwritable("The template cannot be written"))?;
        Ok(format!("{text}\n"))
    }

    fn parameter(&mut self, name: &str, default: &str, description: &str, of: Option<&[&str]>) {
        let mut parameter = json!({
            "Type": "String",
            "Default": default,
            "Description": description,
        });
        if let (Some(values), Some(fields)) = (of, parameter.as_object_mut()) {
            fields.insert("AllowedValues".to_owned(), json!(values));
        }
        self.parameters.insert(name.to_owned(), parameter);
    }

    fn condition(&mut self, name: &str, condition: Value) {
        self.conditions.insert(name.to_owned(), condition);
    }

    /// A resource, with what stands beside its properties.
    fn resource(&mut self, name: &str, kind: &str, properties: Value, beside: Value) {
        let mut resource = Map::new();
        resource.insert("Type".to_owned(), json!(kind));
        if let Value::Object(beside) = beside {
            resource.extend(beside);
        }
        resource.insert("Properties".to_owned(), properties);
        self.resources.insert(name.to_owned(), resource.into());
    }
}

impl Set {
    /// For one stack. It makes what is new, and writes over nothing: CloudFormation refuses to make what is there
    /// already.
    pub(super) fn cloudformation(&self) -> Result<String, Error> {
        let mut template = Template::default();
        self.in_template(&mut template)?;
        let description = format!(
            "Execution role {} for AWS IoT Greengrass bulk deployments in account {}, {}, as worked out by Overseed. Needs \
             CAPABILITY_NAMED_IAM.",
            self.role, self.place.account, self.place.region
        );
        template.written(&description, &self.place.account)
    }

    /// All of this role.
    pub(super) fn in_template(&self, template: &mut Template) -> Result<(), Error> {
        template.notes.extend(self.packed.widened.clone());
        template.notes.extend(self.beyond_latin());
        self.template_role(template)?;
        self.template_policies(template)?;
        self.template_bucket(template)?;
        self.template_pass_role(template)?;
        template.outputs.insert(
            self.logical("RoleArn"),
            json!({ "Description": self.kind.title(), "Value": self.role_arn }),
        );
        Ok(())
    }

    /// A name within the template: templates of V1 have one role, whose names stay as they were.
    fn logical(&self, name: &str) -> String {
        let prefix = match self.kind {
            RoleKind::Execution => "",
            RoleKind::Device => "Device",
            RoleKind::Engine => "Engine",
        };
        format!("{prefix}{name}")
    }

    /// The role in the template.
    const fn logical_role(&self) -> &'static str {
        match self.kind {
            RoleKind::Execution => "ExecutionRole",
            RoleKind::Device => "DeviceRole",
            RoleKind::Engine => "EngineRole",
        }
    }

    fn template_role(&self, template: &mut Template) -> Result<(), Error> {
        let Some(trust) = &self.trust else {
            return Ok(());
        };
        if self.exists == Some(true) {
            template.commands.push(json!({
                "Why": format!(
                    "The role {} exists outside the stack, and its trust policy does not let {} assume it. The \
                     document has all statements that were there, and one more.",
                    self.role,
                    self.kind.who()
                ),
                "Command": self.update_trust(trust),
            }));
            return Ok(());
        }
        let mut beside = json!({});
        if self.exists.is_none() {
            let asked = self.logical("RoleExists");
            let description = format!(
                "Nobody looked whether the role is there. yes: it is, and gets the policies only; see that its trust policy \
                 lets {} assume it",
                self.kind.who()
            );
            template.parameter(&asked, "no", &description, Some(&["no", "yes"]));
            let make = self.logical("MakeRole");
            template.condition(&make, json!({ "Fn::Equals": [{ "Ref": asked }, "no"] }));
            beside = json!({ "Condition": make });
        }
        let mut properties = json!({
            "RoleName": self.role,
            "Description": self.kind.title(),
            "AssumeRolePolicyDocument": read(trust)?,
        });
        if let Some(properties) = properties.as_object_mut().filter(|_| self.path != "/") {
            properties.insert("Path".to_owned(), json!(self.path));
        }
        template.resource(self.logical_role(), "AWS::IAM::Role", properties, beside);
        Ok(())
    }

    /// The role's name; a reference makes the role come first.
    fn template_role_name(&self) -> Value {
        match self.exists {
            Some(true) => json!(self.role),
            Some(false) => json!({ "Ref": self.logical_role() }),
            None => {
                json!({ "Fn::If": [self.logical("MakeRole"), { "Ref": self.logical_role() }, self.role] })
            }
        }
    }

    fn template_policies(&self, template: &mut Template) -> Result<(), Error> {
        if let Some(document) = &self.packed.inline {
            let properties = json!({
                "RoleName": self.template_role_name(),
                "PolicyName": self.policy,
                "PolicyDocument": read(document)?,
            });
            template.resource(
                &self.logical("InlinePolicy"),
                "AWS::IAM::RolePolicy",
                properties,
                json!({}),
            );
        }
        for (number, (name, document)) in (1_usize..).zip(self.managed()) {
            let properties = json!({
                "ManagedPolicyName": name,
                "Path": POLICY_PATH,
                "Description": self.kind.managed(),
                "Roles": [self.template_role_name()],
                "PolicyDocument": read(document)?,
            });
            template.commands.push(json!({
                "Why": format!(
                    "CloudFormation gives managed policies no tags. Without this one Overseed takes {name} for somebody \
                     else's: it never changes it, and makes another one where what is needed changes."
                ),
                "Command": self.tag_policy(&name),
            }));
            let name = self.logical(&format!("ManagedPolicy{number}"));
            template.resource(&name, "AWS::IAM::ManagedPolicy", properties, json!({}));
        }
        let named: Vec<String> = self.managed().map(|(name, _)| name).collect();
        let mut there = self.own.managed.clone();
        there.retain(|name| named.contains(name));
        if self.own.inline {
            there.push(self.policy.clone());
        }
        if !there.is_empty() {
            template.notes.push(format!(
                "Overseed has already made {}. CloudFormation makes no policy whose name is taken: import them into the \
                 stack, delete them first, or use the AWS CLI's script instead.",
                there.join(", ")
            ));
        }
        Ok(())
    }

    fn template_bucket(&self, template: &mut Template) -> Result<(), Error> {
        let Some(bucket) = &self.bucket else {
            return Ok(());
        };
        let Some(document) = bucket.document()? else {
            template.notes.extend(self.bucket_refused());
            return Ok(());
        };
        // Its deletion would take away what others have put into the bucket's policy since.
        let mut beside = json!({ "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain" });
        let mut note = |key: &str, value: Value| {
            if let Some(fields) = beside.as_object_mut() {
                fields.insert(key.to_owned(), value);
            }
        };
        if self.exists != Some(true) {
            // The principal has to be there before the policy is. The role itself may be left out by its condition, which
            // its policies are not.
            let after = match self.packed.inline {
                Some(_) => "InlinePolicy",
                None => "ManagedPolicy1",
            };
            note("DependsOn", json!(after));
        }
        if bucket.present != Some(false) {
            note("Condition", json!("PutBucketPolicy"));
            template.parameter(
                "BucketPolicyAction",
                "leave",
                "put: write the bucket's policy. CloudFormation refuses where the bucket has a policy already, unless that \
                 is imported into the stack first",
                Some(&["leave", "put"]),
            );
            template.condition(
                "PutBucketPolicy",
                json!({ "Fn::Equals": [{ "Ref": "BucketPolicyAction" }, "put"] }),
            );
        }
        match &bucket.merged {
            Some(merged) if bucket.present == Some(true) => template.commands.push(json!({
                "Why": format!(
                    "The bucket {} has a policy outside the stack. The document has all of its statements, and the one that \
                     lets the role read the input files.",
                    bucket.name
                ),
                "Command": self.put_bucket_policy(&bucket.name, merged),
            })),
            Some(_) => {}
            None => template.notes.push(format!(
                "Nobody looked whether the bucket {} has a policy. If it has none, set the parameter BucketPolicyAction to put; if \
                 it has one, add the statement of the resource BucketPolicy to it.",
                bucket.name
            )),
        }
        let properties = json!({ "Bucket": bucket.name, "PolicyDocument": document });
        template.resource("BucketPolicy", "AWS::S3::BucketPolicy", properties, beside);
        Ok(())
    }

    /// Why the bucket's policy is not written at all.
    pub(super) fn bucket_refused(&self) -> Option<String> {
        let bucket = self.bucket.as_ref()?;
        let reason = bucket.refused.as_ref()?;
        Some(format!(
            "The statement that lets the role read the input files is not put into the policy of the bucket {}: {reason}.",
            bucket.name
        ))
    }

    /// The right to pass the role, given to someone only where the administrator names them.
    fn template_pass_role(&self, template: &mut Template) -> Result<(), Error> {
        let Some(pass_role) = &self.pass_role else {
            return Ok(());
        };
        template.pass_role = Some(pass_role.clone());
        template.notes.push(format!(
            "{} also needs the policy under PassRole. The parameters PassRoleUser and PassRoleRole give it to a user or a \
             role.",
            self.whoever()
        ));
        for (parameter, condition, resource, kind, property, what) in [
            (
                "PassRoleUser",
                "ForUser",
                "PassRoleOfUser",
                "AWS::IAM::UserPolicy",
                "UserName",
                "user",
            ),
            (
                "PassRoleRole",
                "ForRole",
                "PassRoleOfRole",
                "AWS::IAM::RolePolicy",
                "RoleName",
                "role",
            ),
        ] {
            let description = format!(
                "Name of a {what} that may pass the role to {}; empty for none",
                self.kind.who()
            );
            template.parameter(parameter, "", &description, None);
            let empty = json!({ "Fn::Equals": [{ "Ref": parameter }, ""] });
            template.condition(condition, json!({ "Fn::Not": [empty] }));
            let properties = json!({
                property: { "Ref": parameter },
                "PolicyName": self.pass_role_name(),
                "PolicyDocument": read(pass_role)?,
            });
            template.resource(
                resource,
                kind,
                properties,
                json!({ "Condition": condition }),
            );
        }
        Ok(())
    }

    /// The name of the policy by which someone may pass the role: 128 characters at most (IAM), a role's name has 64.
    pub(super) fn pass_role_name(&self) -> String {
        format!("OverseedPassRole-{}", self.role)
    }

    /// Who is going to pass the role, at a sentence's beginning.
    pub(super) fn whoever(&self) -> &str {
        self.caller
            .as_deref()
            .unwrap_or("Whoever starts the deployment")
    }
}
