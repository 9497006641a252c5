//! Policies in a form that answers quickly, evaluated by `iam-rs`.

use std::hash::{DefaultHasher, Hash, Hasher};

use iam_rs::{
    Arn, Context, ContextValue, Decision, EvaluationOptions, IAMPolicy, IAMRequest, IAMResource,
    IAMStatement, PolicyEvaluator, Principal, PrincipalId,
};

use super::normal;

/// How many plain ARNs a shard of a compiled policy holds on average.
const ARNS_A_SHARD: usize = 16;

/// Who asks, in the eyes of a policy that names principals.
#[derive(Debug, Clone, Copy)]
pub enum Asker<'a> {
    /// A user's, role's or session's ARN.
    Aws(&'a str),
    /// A service such as `greengrass.amazonaws.com`.
    Service(&'a str),
}

/// Several documents that count as one set: any deny denies, else any allow allows.
///
/// `iam-rs` looks at every resource of every statement in turn. A role's policies may name thousands of
/// group ARNs, so the plain ARNs are spread over shards by their hash, each shard being a whole set of
/// the statements with its share of the ARNs; patterns and everything else stand in every shard.
#[derive(Debug)]
pub struct Compiled {
    shards: Vec<PolicyEvaluator>,
}

impl Compiled {
    /// Compiles documents that were checked when they were put.
    #[must_use]
    pub fn new<'a>(documents: impl IntoIterator<Item = &'a str>) -> Self {
        let mut policies: Vec<IAMPolicy> = Vec::new();
        for text in documents {
            // A document that iam-rs cannot read must not grant: and it cannot deny either. Documents are
            // checked on the way in, so this is worth a line in the log.
            match normal::policy(text).and_then(serde_json::from_value) {
                Ok(policy) => policies.push(policy),
                Err(reason) => tracing::warn!(%reason, "a policy cannot be evaluated"),
            }
        }
        let plain: usize = policies
            .iter()
            .flat_map(|policy| &policy.statement)
            .map(|statement| {
                resources(statement)
                    .iter()
                    .filter(|text| is_plain(text))
                    .count()
            })
            .sum();
        let count = (plain / ARNS_A_SHARD).max(1);
        let options = EvaluationOptions {
            max_statements: usize::MAX,
            ..Default::default()
        };
        let mut parts: Vec<Vec<IAMPolicy>> = vec![Vec::new(); count];
        for policy in &policies {
            for (part, share) in parts.iter_mut().zip(spread(policy, count)) {
                part.push(share);
            }
        }
        let shards = parts
            .into_iter()
            .map(|part| PolicyEvaluator::with_policies(part).with_options(options.clone()))
            .collect();
        Self { shards }
    }

    /// What the set says; a request that cannot be evaluated is not allowed.
    #[must_use]
    pub fn decide(
        &self,
        asker: Asker<'_>,
        action: &str,
        resource: &str,
        context: &[(&str, &str)],
    ) -> Decision {
        // An action that knows no resources is allowed by the resource "*" only: no ARN pattern fits this one.
        let resource = if resource == "*" { "none" } else { resource };
        let text = normal::resource(&normal::literal(resource));
        let index = shard_of(&text, self.shards.len());
        let Some(evaluator) = self.shards.get(index) else {
            return Decision::NotApplicable;
        };
        let Ok(arn) = Arn::parse(&text) else {
            return Decision::NotApplicable;
        };
        let principal = match asker {
            Asker::Aws(arn) => Principal::Aws(PrincipalId::String(arn.to_owned())),
            Asker::Service(name) => Principal::Service(PrincipalId::String(name.to_owned())),
        };
        let mut values = Context::new();
        for (key, value) in context {
            let value = match *value {
                "true" => ContextValue::Boolean(true),
                "false" => ContextValue::Boolean(false),
                text => ContextValue::String(normal::literal(text)),
            };
            values.insert((*key).to_owned(), value);
        }
        let request = IAMRequest::new_with_context(principal, action, arn, values);
        match evaluator.evaluate(&request) {
            Ok(result) => result.decision,
            Err(reason) => {
                tracing::warn!(%reason, action, resource, "a policy cannot be evaluated");
                Decision::Deny
            }
        }
    }
}

fn is_plain(text: &str) -> bool {
    !text.contains(['*', '?', '$'])
}

fn shard_of(resource: &str, count: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    resource.hash(&mut hasher);
    usize::try_from(hasher.finish() % count.max(1) as u64).unwrap_or(0)
}

fn resources(statement: &IAMStatement) -> &[String] {
    match &statement.resource {
        Some(IAMResource::Single(text)) => std::slice::from_ref(text),
        Some(IAMResource::Multiple(texts)) => texts,
        None => &[],
    }
}

/// The policy once for each shard, with those plain ARNs only that fall into it.
fn spread(policy: &IAMPolicy, count: usize) -> Vec<IAMPolicy> {
    let mut empty = IAMPolicy::new();
    empty.version = policy.version.clone();
    let mut parts = vec![empty; count];
    for statement in &policy.statement {
        let all = resources(statement);
        let patterns: Vec<String> = all.iter().filter(|text| !is_plain(text)).cloned().collect();
        let mut kept = vec![patterns; count];
        for text in all.iter().filter(|text| is_plain(text)) {
            if let Some(shard) = kept.get_mut(shard_of(text, count)) {
                shard.push(text.clone());
            }
        }
        let mut bare = statement.clone();
        bare.resource = None;
        for (part, kept) in parts.iter_mut().zip(kept) {
            if kept.is_empty() && !all.is_empty() {
                continue;
            }
            let mut copy = bare.clone();
            copy.resource = (!kept.is_empty()).then_some(IAMResource::Multiple(kept));
            part.statement.push(copy);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    const ME: Asker<'_> = Asker::Aws("arn:aws:iam::000000000000:user/dana");

    fn group(index: usize) -> String {
        format!("arn:aws:greengrass:eu-west-1:000000000000:/greengrass/groups/g{index}")
    }

    #[test]
    fn thousands_of_arns_answer_as_a_short_list_does() {
        let arns: Vec<String> = (0..20_000).map(group).collect();
        let policy = serde_json::json!({"Statement": [
            {"Effect": "Allow", "Action": "greengrass:CreateDeployment", "Resource": arns},
            {"Effect": "Deny", "Action": "greengrass:*", "Resource": [group(77), group(99_999)]},
        ]})
        .to_string();
        let compiled = Compiled::new([policy.as_str()]);
        for index in (0..20_000).step_by(997) {
            let decision = compiled.decide(ME, "greengrass:CreateDeployment", &group(index), &[]);
            assert_eq!(decision, Decision::Allow, "{index}");
        }
        let ask = |index| compiled.decide(ME, "greengrass:CreateDeployment", &group(index), &[]);
        assert_eq!(ask(77), Decision::Deny);
        assert_eq!(ask(99_999), Decision::Deny);
        assert_eq!(ask(20_000), Decision::NotApplicable);
    }

    #[test]
    fn a_trust_policy_with_conditions() {
        let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow",
            "Principal":{"Service":["greengrass.amazonaws.com","lambda.amazonaws.com"],"AWS":"000000000000"},
            "Action":"sts:AssumeRole","Condition":{
                "StringEquals":{"AWS:sourceaccount":"000000000000"},
                "ArnLike":{"aws:SourceArn":"arn:aws:greengrass:eu-west-1:000000000000:*"}}}}"#;
        let compiled = Compiled::new([policy]);
        let role = "arn:aws:iam::000000000000:role/r";
        let ask = |account, arn, service| {
            let context = [("aws:SourceAccount", account), ("aws:SourceArn", arn)];
            compiled.decide(Asker::Service(service), "sts:AssumeRole", role, &context)
        };
        let arn = "arn:aws:greengrass:eu-west-1:000000000000:/greengrass/bulk/deployments/x";
        assert_eq!(
            ask("000000000000", arn, "greengrass.amazonaws.com"),
            Decision::Allow
        );
        assert_eq!(
            ask("111111111111", arn, "greengrass.amazonaws.com"),
            Decision::NotApplicable
        );
        assert_eq!(
            ask("000000000000", arn, "ec2.amazonaws.com"),
            Decision::NotApplicable
        );
        let elsewhere = "arn:aws:greengrass:us-east-1:000000000000:/greengrass/bulk/deployments/x";
        let wrong = ask("000000000000", elsewhere, "greengrass.amazonaws.com");
        assert_eq!(wrong, Decision::NotApplicable);
    }

    #[test]
    fn actions_without_resources_need_a_star() {
        let star = r#"{"Statement":{"Effect":"Allow","Action":"greengrass:List*","Resource":"*"}}"#;
        let arn = r#"{"Statement":{"Effect":"Allow","Action":"greengrass:List*","Resource":"arn:aws:greengrass:*:*:*"}}"#;
        let ask = |text| Compiled::new([text]).decide(ME, "greengrass:ListGroups", "*", &[]);
        assert_eq!(ask(star), Decision::Allow);
        assert_eq!(ask(arn), Decision::NotApplicable);
    }

    #[test]
    fn variables_and_pass_role() {
        let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:PassRole",
            "Resource":"arn:aws:iam::000000000000:role/${aws:username}-*",
            "Condition":{"StringEquals":{"iam:PassedToService":"greengrass.amazonaws.com"}}}}"#;
        let compiled = Compiled::new([policy]);
        let ask = |service| {
            let context = [("iam:PassedToService", service), ("aws:username", "dana")];
            let role = "arn:aws:iam::000000000000:role/dana-bulk";
            compiled.decide(ME, "iam:PassRole", role, &context)
        };
        assert_eq!(ask("greengrass.amazonaws.com"), Decision::Allow);
        assert_eq!(ask("ec2.amazonaws.com"), Decision::NotApplicable);
    }

    #[test]
    fn what_iam_rs_reads_otherwise_than_iam() {
        let role = "arn:aws:iam::000000000000:role/r";
        let object = "arn:aws:s3:::b/a?b/k";
        let context = [("aws:PrincipalArn", role), ("aws:SecureTransport", "true")];
        let decide = |statement: &str| {
            let text = format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#);
            let compiled = Compiled::new([text.as_str()]);
            compiled.decide(Asker::Aws(role), "s3:GetObject", object, &context)
        };
        let deny = |rest: &str| decide(&format!(r#"{{"Effect":"Deny","Action":"s3:*",{rest}}}"#));
        let denied = Decision::Deny;
        assert_eq!(deny(r#""Resource":"arn:aws:*:*:*:*""#), denied);
        assert_eq!(deny(r#""Resource":"arn:aws:s3:::b/a${?}b/*""#), denied);
        assert_eq!(
            deny(r#""Resource":"arn:aws:s3:::b/a${*}b/*""#),
            Decision::NotApplicable
        );
        for id in ["000000000000", "arn:aws:iam::000000000000:root", "*"] {
            let to = |effect: &str| {
                decide(&format!(
                    r#"{{"Effect":"{effect}","Principal":{{"AWS":["{id}"]}},"Action":"s3:*","Resource":"*"}}"#
                ))
            };
            assert_eq!(to("Deny"), denied, "{id}");
            let allowed = if id == "*" {
                Decision::Allow
            } else {
                Decision::NotApplicable
            };
            assert_eq!(to("Allow"), allowed, "{id}");
        }
        let when = |condition: &str| deny(&format!(r#""Resource":"*","Condition":{condition}"#));
        assert_eq!(
            when(r#"{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::*:role/*"}}"#),
            denied
        );
        assert_eq!(
            when(r#"{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::*:role/*"}}"#),
            Decision::NotApplicable
        );
        assert_eq!(when(r#"{"Bool":{"aws:SecureTransport":"true"}}"#), denied);
        assert_eq!(
            when(r#"{"StringEquals":{"aws:SecureTransport":"true"}}"#),
            denied
        );
        assert_eq!(
            when(r#"{"Bool":{"aws:SecureTransport":"false"}}"#),
            Decision::NotApplicable
        );
    }
}
