//! What policies say of a request, by `iam-rs`; never by comparing text (IAM: "Policy evaluation logic").

use std::collections::HashMap;

use iam_rs::{
    Arn, Context, ContextValue, Decision, EvaluationOptions, IAMPolicy, IAMRequest,
    PolicyEvaluator, Principal, PrincipalId,
};
use serde_json::{Map, Value, json};

use super::{Document, Statement};

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub enum Asker<'a> {
    /// A role, by its ARN.
    Role(&'a str),
    /// A service, by its principal.
    Service(&'a str),
}

/// What a set of policies says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A statement allows it, none denies it.
    Allowed,
    /// A statement denies it.
    Denied,
    /// No statement speaks of it.
    Silent,
    /// A statement that may deny it cannot be evaluated.
    Unclear(String),
}

/// Policies in a form that answers quickly: a policy may name thousands of group ARNs, so plain ARNs are found by
/// their text, and only patterns are tried one by one.
#[derive(Debug, Default)]
pub struct Rules {
    rules: Vec<Rule>,
    /// Indices of the rules to be tried for every resource.
    patterns: Vec<usize>,
    /// Indices of the rules that name a resource in full.
    plain: HashMap<String, Vec<usize>>,
}

#[derive(Debug)]
struct Rule {
    denies: bool,
    evaluator: Result<PolicyEvaluator, String>,
}

impl Rules {
    /// Reads documents for one kind of asker.
    #[must_use]
    pub fn read<'a>(documents: impl IntoIterator<Item = &'a Document>, asker: Asker<'_>) -> Self {
        let mut rules = Self::default();
        for document in documents {
            for statement in document.statements() {
                rules.add(statement, asker);
            }
        }
        rules
    }

    fn add(&mut self, statement: &Statement, asker: Asker<'_>) {
        let Some(mut fields) = for_asker(statement, asker) else {
            return;
        };
        let mut patterns = Vec::new();
        let mut plain = Vec::new();
        match fields.remove("Resource") {
            Some(resources) => {
                for text in texts(resources) {
                    let text = text
                        .replace("${*}", "*")
                        .replace("${?}", "?")
                        .replace("${$}", "$");
                    let pattern = text.contains(['*', '?']) || text.contains("${");
                    if pattern {
                        patterns.push(text)
                    } else {
                        plain.push(text)
                    }
                }
            }
            // A trust policy has no resource: the role itself is meant.
            None if !fields.contains_key("NotResource") => patterns.push("*".to_owned()),
            None => {
                self.patterns.push(self.rules.len());
                self.rules.push(Rule::new(fields));
                return;
            }
        }
        if !patterns.is_empty() {
            self.patterns.push(self.rules.len());
            self.rules.push(Rule::on(&fields, json!(patterns)));
        }
        if !plain.is_empty() {
            let index = self.rules.len();
            self.rules.push(Rule::on(&fields, json!("*")));
            for arn in plain {
                self.plain.entry(arn).or_default().push(index);
            }
        }
    }

    /// Whether the asker may. A resource that is a pattern itself is allowed where a pattern covers it.
    #[must_use]
    pub fn ask(
        &self,
        asker: Asker<'_>,
        action: &str,
        resource: &str,
        context: &[(&str, &str)],
    ) -> Answer {
        let arn = match Arn::parse(resource) {
            Ok(arn) => arn,
            Err(reason) => return Answer::Unclear(format!("{resource}: {reason}")),
        };
        let principal = match asker {
            Asker::Role(arn) => Principal::Aws(PrincipalId::String(arn.to_owned())),
            Asker::Service(name) => Principal::Service(PrincipalId::String(name.to_owned())),
        };
        let request = IAMRequest::new_with_context(principal, action, arn, values(context));
        let mut answer = Answer::Silent;
        let named = self.plain.get(resource).map_or(&[][..], Vec::as_slice);
        for rule in self
            .patterns
            .iter()
            .chain(named)
            .filter_map(|index| self.rules.get(*index))
        {
            let said = rule
                .evaluator
                .as_ref()
                .map_err(Clone::clone)
                .and_then(|e| e.evaluate(&request).map_err(|error| error.to_string()));
            match said.map(|result| result.decision) {
                Ok(Decision::Deny) => return Answer::Denied,
                Ok(Decision::Allow) if answer == Answer::Silent => answer = Answer::Allowed,
                Ok(_) => {}
                // What cannot be evaluated grants nothing; but it may deny.
                Err(reason) if rule.denies => answer = Answer::Unclear(reason),
                Err(_) => {}
            }
        }
        answer
    }
}

impl Rule {
    fn on(fields: &Map<String, Value>, resource: Value) -> Self {
        let mut fields = fields.clone();
        fields.insert("Resource".to_owned(), resource);
        Self::new(fields)
    }

    fn new(fields: Map<String, Value>) -> Self {
        let denies = fields.get("Effect").and_then(Value::as_str) == Some("Deny");
        // iam-rs reads no document without a version, and wants a list of statements.
        let document = json!({ "Version": "2012-10-17", "Statement": [fields] });
        let evaluator = serde_json::from_value::<IAMPolicy>(document)
            .map(|policy| {
                PolicyEvaluator::with_policies(vec![policy])
                    .with_options(EvaluationOptions::default())
            })
            .map_err(|error| error.to_string());
        Self { denies, evaluator }
    }
}

/// The statement as it concerns the asker; `None` where it cannot. `iam-rs` reads one kind of principal a
/// statement, so only the asker's is kept.
fn for_asker(statement: &Statement, asker: Asker<'_>) -> Option<Map<String, Value>> {
    let mut fields = statement.fields().clone();
    let kind = match asker {
        Asker::Role(_) => "AWS",
        Asker::Service(_) => "Service",
    };
    if let Some(Value::Object(kinds)) = fields.get("Principal") {
        let ids = kinds.get(kind)?.clone();
        fields.insert("Principal".to_owned(), json!({ kind: ids }));
    }
    if let Some(Value::Object(kinds)) = fields.get("NotPrincipal") {
        match kinds.get(kind).cloned() {
            Some(ids) => {
                fields.insert("NotPrincipal".to_owned(), json!({ kind: ids }));
            }
            // None of the asker's kind is excepted.
            None => {
                fields.remove("NotPrincipal");
                fields.insert("Principal".to_owned(), Value::from("*"));
            }
        }
    }
    Some(fields)
}

fn texts(value: Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(list) => list.into_iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// `true` and `false` are booleans for `iam-rs`.
fn values(context: &[(&str, &str)]) -> Context {
    let mut values = Context::new();
    for (key, value) in context {
        let value = match *value {
            "true" => ContextValue::Boolean(true),
            "false" => ContextValue::Boolean(false),
            text => ContextValue::String(text.to_owned()),
        };
        values.insert((*key).to_owned(), value);
    }
    values
}

#[cfg(test)]
mod tests;
