//! What policies say of a request, by `iam-rs`; never by comparing text (IAM: "Policy evaluation logic"). Where `iam-rs`
//! differs from IAM the policy is brought into a form in which it does not: [`pattern`], [`condition`], [`asker`].

use std::collections::HashMap;

use iam_rs::{
    Arn, Decision, EvaluationOptions, IAMPolicy, IAMRequest, PolicyEvaluator, Principal,
    PrincipalId,
};
use serde_json::{Map, Value, json};

use self::pattern::{Filled, Reading};
use super::{Document, GREENGRASS, Statement};

mod asker;
mod condition;
mod pattern;

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub enum Asker<'a> {
    /// A role, by its ARN.
    Role(&'a str),
    /// A service, by its principal.
    Service(&'a str),
}

/// Whether something is so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// It cannot be told, and why.
    Unclear(String),
}

/// What a set of policies says: allowed is what is allowed and not denied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Whether a statement allows it.
    pub allows: Truth,
    /// Whether a statement denies it.
    pub denies: Truth,
}

/// The same in one word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A statement allows it, none denies it.
    Allowed,
    /// A statement denies it.
    Denied,
    /// No statement allows it.
    Silent,
    /// A statement that may allow or deny it cannot be evaluated.
    Unclear(String),
}

/// Policies in a form that answers quickly: a policy may name thousands of group ARNs, so plain ARNs are found by
/// their text, and only patterns are tried one by one. Principals and conditions are looked at once, when they are read.
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
    /// Why the statement may not hold.
    unclear: Option<String>,
    evaluator: Result<PolicyEvaluator, String>,
}

impl Truth {
    /// Whether both are so.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Unclear(reason), _) | (_, Self::Unclear(reason)) => Self::Unclear(reason),
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }

    /// Whether one of them is so.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::Unclear(reason), _) | (_, Self::Unclear(reason)) => Self::Unclear(reason),
            (Self::No, Self::No) => Self::No,
        }
    }
}

impl Said {
    /// What two sets of policies say of which either may allow and either may deny (IAM: "Policy evaluation logic").
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            allows: self.allows.or(other.allows),
            denies: self.denies.or(other.denies),
        }
    }

    /// In one word.
    #[must_use]
    pub fn answer(self) -> Answer {
        match (self.denies, self.allows) {
            (Truth::Yes, _) => Answer::Denied,
            (_, Truth::No) => Answer::Silent,
            (Truth::Unclear(reason), _) | (_, Truth::Unclear(reason)) => Answer::Unclear(reason),
            (Truth::No, Truth::Yes) => Answer::Allowed,
        }
    }
}

impl Rules {
    /// Reads documents for one kind of asker; `context` is what is known of the request beside action and resource: keys
    /// of conditions with their values.
    #[must_use]
    pub fn read<'a>(
        documents: impl IntoIterator<Item = &'a Document>,
        asker: Asker<'_>,
        context: &[(&str, &str)],
    ) -> Self {
        let mut rules = Self::default();
        for document in documents {
            let variables = document.version() == Some("2012-10-17");
            for statement in document.statements() {
                rules.add(statement, asker, variables, context);
            }
        }
        rules
    }

    fn add(
        &mut self,
        statement: &Statement,
        asker: Asker<'_>,
        variables: bool,
        context: &[(&str, &str)],
    ) {
        let mut fields = statement.fields().clone();
        let mut holds = asker::meant(&fields, asker);
        fields.remove("Principal");
        fields.remove("NotPrincipal");
        if let Some(conditions) = fields.remove("Condition") {
            holds = holds.and(condition::met(&conditions, variables, context));
        }
        let unclear = match holds {
            Truth::No => return,
            Truth::Yes => None,
            Truth::Unclear(reason) => Some(told(statement, &reason)),
        };
        let reading = Reading {
            wildcards: true,
            variables,
            context,
        };
        let read = |value: Value| -> Vec<(String, Filled)> {
            let filled = |text: String| (text.clone(), pattern::filled(&text, reading));
            texts(value).into_iter().map(filled).collect()
        };
        match (fields.remove("Resource"), fields.remove("NotResource")) {
            (Some(resources), _) => self.add_on(&fields, read(resources), unclear, statement),
            (None, Some(excepted)) => {
                let (known, unknown): (Vec<Filled>, Vec<Filled>) = read(excepted)
                    .into_iter()
                    .map(|(_, filled)| filled)
                    .partition(|filled| filled.unknown.is_none());
                let all = known
                    .iter()
                    .chain(&unknown)
                    .map(|filled| whole(&filled.text));
                self.add_pattern(
                    &fields,
                    "NotResource",
                    json!(all.collect::<Vec<_>>()),
                    unclear.clone(),
                );
                // What an unknown value may or may not except.
                if let Some(variable) = unknown.into_iter().find_map(|filled| filled.unknown) {
                    let reason = unclear.unwrap_or_else(|| told(statement, &not_known(&variable)));
                    let known: Vec<String> =
                        known.iter().map(|filled| whole(&filled.text)).collect();
                    if known.is_empty() {
                        self.add_pattern(&fields, "Resource", json!("*"), Some(reason));
                    } else {
                        self.add_pattern(&fields, "NotResource", json!(known), Some(reason));
                    }
                }
            }
            // A trust policy has no resource: the role itself is meant.
            (None, None) => self.add_pattern(&fields, "Resource", json!("*"), unclear),
        }
    }

    /// A statement on resources: written and filled in.
    fn add_on(
        &mut self,
        fields: &Map<String, Value>,
        resources: Vec<(String, Filled)>,
        unclear: Option<String>,
        statement: &Statement,
    ) {
        let mut patterns = Vec::new();
        let mut guesses = Vec::new();
        let mut variable = None;
        let mut plain = Vec::new();
        for (text, filled) in resources {
            if let Some(unknown) = filled.unknown {
                variable.get_or_insert(unknown);
                guesses.push(whole(&filled.text));
            } else if text.contains(['*', '?', '$']) {
                patterns.push(whole(&filled.text));
            } else {
                plain.push(text);
            }
        }
        if !patterns.is_empty() {
            self.add_pattern(fields, "Resource", json!(patterns), unclear.clone());
        }
        if !plain.is_empty() {
            let index = self.rules.len();
            self.rules
                .push(Rule::on(fields, "Resource", json!("*"), unclear.clone()));
            for arn in plain {
                self.plain.entry(arn).or_default().push(index);
            }
        }
        if let Some(variable) = variable {
            let reason = unclear.unwrap_or_else(|| told(statement, &not_known(&variable)));
            self.add_pattern(fields, "Resource", json!(guesses), Some(reason));
        }
    }

    fn add_pattern(
        &mut self,
        fields: &Map<String, Value>,
        name: &str,
        resources: Value,
        unclear: Option<String>,
    ) {
        self.patterns.push(self.rules.len());
        self.rules.push(Rule::on(fields, name, resources, unclear));
    }

    /// Whether the asker may. A resource that is a pattern itself is allowed where a pattern covers it.
    #[must_use]
    pub fn ask(&self, action: &str, resource: &str) -> Answer {
        self.say(action, resource).answer()
    }

    /// The same, allowing and denying apart.
    #[must_use]
    pub fn say(&self, action: &str, resource: &str) -> Said {
        let mut said = Said {
            allows: Truth::No,
            denies: Truth::No,
        };
        let arn = match Arn::parse(&whole(&pattern::literal(resource))) {
            Ok(arn) => arn,
            Err(reason) => {
                said.denies = Truth::Unclear(format!("{resource}: {reason}"));
                return said;
            }
        };
        // Who asks has been looked at before; `iam-rs` wants someone.
        let anyone = Principal::Service(PrincipalId::String(GREENGRASS.to_owned()));
        let request = IAMRequest::new(anyone, action, arn);
        let named = self.plain.get(resource).map_or(&[][..], Vec::as_slice);
        for rule in self
            .patterns
            .iter()
            .chain(named)
            .filter_map(|index| self.rules.get(*index))
        {
            let applies = rule.applies(&request);
            if rule.denies {
                said.denies = said.denies.or(applies);
                if said.denies == Truth::Yes {
                    break;
                }
            } else {
                said.allows = said.allows.or(applies);
            }
        }
        said
    }
}

impl Rule {
    fn on(
        fields: &Map<String, Value>,
        name: &str,
        resources: Value,
        unclear: Option<String>,
    ) -> Self {
        let mut fields = fields.clone();
        let denies = fields.get("Effect").and_then(Value::as_str) == Some("Deny");
        fields.insert(name.to_owned(), resources);
        // iam-rs reads no document without a version, and wants a list of statements.
        let document = json!({ "Version": "2012-10-17", "Statement": [fields] });
        let evaluator = serde_json::from_value::<IAMPolicy>(document)
            .map(|policy| {
                PolicyEvaluator::with_policies(vec![policy])
                    .with_options(EvaluationOptions::default())
            })
            .map_err(|error| error.to_string());
        Self {
            denies,
            unclear,
            evaluator,
        }
    }

    fn applies(&self, request: &IAMRequest) -> Truth {
        let said = self
            .evaluator
            .as_ref()
            .map_err(Clone::clone)
            .and_then(|e| e.evaluate(request).map_err(|error| error.to_string()));
        match (said.map(|said| said.decision), &self.unclear) {
            (Ok(Decision::NotApplicable), _) => Truth::No,
            (Ok(_), None) => Truth::Yes,
            (Ok(_), Some(reason)) => Truth::Unclear(reason.clone()),
            (Err(reason), _) => Truth::Unclear(reason),
        }
    }
}

/// An ARN, or a pattern, as the resource part of another: IAM takes wildcards in each part and a `*` beyond colons (IAM:
/// "Resource", wildcards in ARNs), `iam-rs` none for the service.
fn whole(text: &str) -> String {
    if text == "*" {
        text.to_owned()
    } else {
        format!("arn:any:any:::{text}")
    }
}

fn not_known(variable: &str) -> String {
    format!("its resources depend on {variable}, whose value is known at the call only")
}

/// A reason with the statement's name.
fn told(statement: &Statement, reason: &str) -> String {
    let effect = statement
        .field("Effect")
        .and_then(Value::as_str)
        .unwrap_or("one");
    match statement.sid().filter(|sid| !sid.is_empty()) {
        Some(sid) => format!("{sid} ({effect}): {reason}"),
        None => format!("A statement without Sid ({effect}): {reason}"),
    }
}

fn texts(value: Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(list) => list.into_iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
