//! Policy documents: read, printed in one form, counted as IAM counts.

use std::fmt;

use serde_json::{Map, Value};
use thiserror::Error;

use super::meaning;

/// The version of the policy language that understands policy variables (IAM).
const VERSION: &str = "2012-10-17";

/// The fields of a statement in the order in which they are printed (IAM).
const FIELDS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// A policy document. Statements are kept as they were read: printing it for IAM changes none of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    version: Option<String>,
    id: Option<String>,
    statements: Vec<Statement>,
}

/// One statement of a policy, with its fields as they were read.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement(Map<String, Value>);

/// A text that is not a policy document.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotAPolicy {
    /// It is not JSON at all.
    #[error("it is not JSON: {0}")]
    NotJson(String),
    /// It is JSON, but not an object with `Version`, `Id` and `Statement`.
    #[error("a policy is an object with Version, Id and Statement, and has a Statement: {0}")]
    Form(&'static str),
}

impl Document {
    /// A document of the present version with these statements.
    #[must_use]
    pub fn new(statements: Vec<Statement>) -> Self {
        Self {
            version: Some(VERSION.to_owned()),
            id: None,
            statements,
        }
    }

    /// Reads a document; a single statement may stand without a list (IAM).
    ///
    /// # Errors
    /// [`NotAPolicy`].
    pub fn parse(text: &str) -> Result<Self, NotAPolicy> {
        let value: Value =
            serde_json::from_str(text).map_err(|error| NotAPolicy::NotJson(error.to_string()))?;
        let Value::Object(fields) = value else {
            return Err(NotAPolicy::Form("it is no object"));
        };
        let mut document = Self {
            version: None,
            id: None,
            statements: Vec::new(),
        };
        let mut found = false;
        for (key, value) in fields {
            match (key.as_str(), value) {
                ("Version", Value::String(text)) => document.version = Some(text),
                ("Id", Value::String(text)) => document.id = Some(text),
                ("Statement", Value::Object(statement)) => {
                    found = true;
                    document.statements.push(Statement(statement));
                }
                ("Statement", Value::Array(list)) => {
                    found = true;
                    for statement in list {
                        let Value::Object(statement) = statement else {
                            return Err(NotAPolicy::Form("a statement is no object"));
                        };
                        document.statements.push(Statement(statement));
                    }
                }
                _ => return Err(NotAPolicy::Form("it has another field")),
            }
        }
        if found {
            Ok(document)
        } else {
            Err(NotAPolicy::Form("it has no Statement"))
        }
    }

    /// The version of the language; `None` means the one of 2008, which knows no policy variables.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The statements, in their order.
    #[must_use]
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// The document with one more statement at its end; all others stay as they are. `Sid`s are unique within a
    /// policy (IAM), so the new one gets a number where its own is taken.
    #[must_use]
    pub fn with(&self, mut statement: Statement) -> Self {
        let taken = |sid: &str| self.statements.iter().any(|other| other.sid() == Some(sid));
        if let Some(sid) = statement.sid().map(str::to_owned) {
            let free = std::iter::once(sid.clone())
                .chain((2_u32..).map(|number| format!("{sid}{number}")))
                .find(|sid| !taken(sid));
            statement
                .0
                .insert("Sid".to_owned(), Value::from(free.unwrap_or(sid)));
        }
        let mut document = self.clone();
        document.statements.push(statement);
        document
    }

    /// The document as it is sent to AWS: no white space, statements as they were read. IAM takes characters up to U+00FF
    /// (service model of IAM: `policyDocumentType`); others are written as JSON's escapes.
    #[must_use]
    pub fn compact(&self) -> String {
        let statements = self
            .statements
            .iter()
            .map(|s| Value::Object(s.0.clone()))
            .collect();
        escaped(&self.object(statements).to_string())
    }

    /// The document in the one form in which it is shown and compared: fields in a fixed order, lists sorted and
    /// without repetitions, a list of one as the value itself, indented.
    #[must_use]
    pub fn canonical(&self) -> String {
        let statements = self.statements.iter().map(Statement::ordered).collect();
        format!("{:#}", self.object(statements))
    }

    /// Characters that count against IAM's limits: all but white space (IAM, "IAM and STS character limits").
    #[must_use]
    pub fn size(&self) -> u32 {
        let counted = self
            .compact()
            .chars()
            .filter(|c| !c.is_whitespace())
            .count();
        u32::try_from(counted).unwrap_or(u32::MAX)
    }

    /// Whether both documents say the same: order of fields, lists and statements, single-or-list forms, letter case of
    /// actions and condition keys, `Sid` and `Id` do not matter.
    #[must_use]
    pub fn same_meaning(&self, other: &Self) -> bool {
        meaning::of(self) == meaning::of(other)
    }

    fn object(&self, statements: Vec<Value>) -> Value {
        let mut fields = Map::new();
        if let Some(version) = &self.version {
            fields.insert("Version".to_owned(), Value::from(version.as_str()));
        }
        if let Some(id) = &self.id {
            fields.insert("Id".to_owned(), Value::from(id.as_str()));
        }
        fields.insert("Statement".to_owned(), Value::Array(statements));
        Value::Object(fields)
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.canonical())
    }
}

impl Statement {
    /// A statement that allows actions on resources.
    #[must_use]
    pub fn allow(sid: &str, actions: &[&str], resources: &[String]) -> Self {
        let mut fields = Map::new();
        fields.insert("Sid".to_owned(), Value::from(sid));
        fields.insert("Effect".to_owned(), Value::from("Allow"));
        fields.insert(
            "Action".to_owned(),
            one_or_list(actions.iter().map(|a| Value::from(*a))),
        );
        fields.insert(
            "Resource".to_owned(),
            one_or_list(resources.iter().map(|r| Value::from(r.as_str()))),
        );
        Self(fields)
    }

    /// The statement of a trust policy that lets a service assume the role.
    #[must_use]
    pub fn trust(sid: &str, service: &str) -> Self {
        let mut fields = Map::new();
        fields.insert("Sid".to_owned(), Value::from(sid));
        fields.insert("Effect".to_owned(), Value::from("Allow"));
        fields.insert(
            "Principal".to_owned(),
            serde_json::json!({ "Service": service }),
        );
        fields.insert("Action".to_owned(), Value::from("sts:AssumeRole"));
        Self(fields)
    }

    /// The statement with one more condition.
    #[must_use]
    pub fn when(mut self, operator: &str, key: &str, value: &str) -> Self {
        let conditions = self
            .0
            .entry("Condition")
            .or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(operators) = conditions {
            let keys = operators
                .entry(operator)
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(keys) = keys {
                keys.insert(key.to_owned(), Value::from(value));
            }
        }
        self
    }

    /// The statement for one principal, as policies of resources have it.
    #[must_use]
    pub fn to_principal(mut self, kind: &str, id: &str) -> Self {
        self.0
            .insert("Principal".to_owned(), serde_json::json!({ kind: id }));
        self
    }

    /// A field as it was read.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// All fields as they were read.
    #[must_use]
    pub const fn fields(&self) -> &Map<String, Value> {
        &self.0
    }

    /// Its name for people, unique within its policy.
    #[must_use]
    pub fn sid(&self) -> Option<&str> {
        self.0.get("Sid").and_then(Value::as_str)
    }

    fn ordered(&self) -> Value {
        let known = FIELDS
            .iter()
            .filter_map(|name| Some((*name, self.0.get(*name)?)));
        let unknown = self
            .0
            .iter()
            .filter(|(name, _)| !FIELDS.contains(&name.as_str()));
        known
            .chain(unknown.map(|(name, value)| (name.as_str(), value)))
            .map(|(name, value)| (name.to_owned(), ordered(value)))
            .collect::<Map<_, _>>()
            .into()
    }
}

impl fmt::Display for Statement {
    /// As it is sent to AWS, without white space.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Value::Object(self.0.clone()))
    }
}

/// JSON's text in the characters that IAM takes. Others can stand in its strings only, where an escape means the same.
#[must_use]
pub fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c <= '\u{ff}' {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    text
}

fn one_or_list(values: impl Iterator<Item = Value>) -> Value {
    let mut values: Vec<Value> = values.collect();
    match (values.len(), values.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            values.extend(last);
            Value::Array(values)
        }
    }
}

/// Objects by key, lists sorted and without repetitions, a list of one as the value itself.
fn ordered(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields
                .iter()
                .map(|(key, value)| (key.clone(), ordered(value)))
                .collect();
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(fields.into_iter().collect())
        }
        Value::Array(list) => {
            let mut list: Vec<Value> = list.iter().map(ordered).collect();
            list.sort_by_cached_key(Value::to_string);
            list.dedup();
            one_or_list(list.into_iter())
        }
        scalar => scalar.clone(),
    }
}
