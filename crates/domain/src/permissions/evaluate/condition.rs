//! Conditions of a statement, one by one. What depends on a key without a value here is neither met nor not met: many keys
//! are known to AWS only, at the call. `iam-rs` would take such a key for absent.

use iam_rs::{
    Arn, Context, ContextValue, Decision, IAMPolicy, IAMRequest, PolicyEvaluator, Principal,
    PrincipalId,
};
use serde_json::{Map, Value, json};

use super::{
    Truth,
    pattern::{self, Reading},
};

/// Whether all conditions are met.
pub(super) fn met(conditions: &Value, variables: bool, context: &[(&str, &str)]) -> Truth {
    let Value::Object(operators) = conditions else {
        return Truth::Unclear("its Condition is no object".to_owned());
    };
    let mut whole = Truth::Yes;
    for (operator, keys) in operators {
        let Value::Object(keys) = keys else {
            return Truth::Unclear(format!("{operator} is no object"));
        };
        for (key, values) in keys {
            whole = whole.and(one(operator, key, values, variables, context));
        }
    }
    whole
}

fn one(
    operator: &str,
    key: &str,
    values: &Value,
    variables: bool,
    context: &[(&str, &str)],
) -> Truth {
    let Some(present) = pattern::value(context, key) else {
        return Truth::Unclear(not_known(key));
    };
    let operator = plain(operator);
    let listed: Vec<String> = match values {
        Value::Array(list) => list.iter().map(text).collect(),
        one => vec![text(one)],
    };
    let negated = operator.contains("Not");
    let (value, values, unknown) = match kind(&operator) {
        Kind::Text => {
            let reading = Reading {
                wildcards: operator.contains("Like"),
                variables,
                context,
            };
            let read = listed.iter().map(|text| pattern::filled(text, reading));
            let (known, unknown): (Vec<_>, Vec<_>) = read.partition(|one| one.unknown.is_none());
            let known = known.into_iter().map(|one| one.text).collect();
            let unknown = unknown.into_iter().find_map(|one| one.unknown);
            (
                ContextValue::String(pattern::literal(present)),
                known,
                unknown,
            )
        }
        Kind::Bool => {
            let value = ContextValue::Boolean(present.eq_ignore_ascii_case("true"));
            let listed = listed.iter().map(|text| text.to_ascii_lowercase());
            (value, listed.collect(), None)
        }
        Kind::Date => {
            let value = ContextValue::String(present.to_owned());
            (
                value,
                listed.iter().map(|text| moment(text)).collect(),
                None,
            )
        }
        Kind::Other => (ContextValue::String(present.to_owned()), listed, None),
    };
    let known = if values.is_empty() && unknown.is_some() {
        Ok(negated)
    } else {
        evaluated(&operator, key, values, value)
    };
    match (known, unknown) {
        // One of several values decides where it is the one that fits.
        (Ok(met), Some(variable)) if met == negated => Truth::Unclear(not_known(&variable)),
        (Ok(true), _) => Truth::Yes,
        (Ok(false), _) => Truth::No,
        (Err(reason), _) => Truth::Unclear(format!("{operator} {key}: {reason}")),
    }
}

fn not_known(key: &str) -> String {
    format!("it depends on {key}, whose value is known at the call only")
}

/// The operator for a key that is there and has one value: `IfExists` and the set operators then say nothing more, and
/// `ArnEquals` is `ArnLike` (IAM: "Condition operators", ARN condition operators), which `iam-rs` compares as texts.
fn plain(operator: &str) -> String {
    let bare = ["ForAllValues:", "ForAnyValue:"]
        .iter()
        .find_map(|set| operator.strip_prefix(set))
        .unwrap_or(operator);
    let bare = bare.strip_suffix("IfExists").unwrap_or(bare);
    match bare {
        "ArnEquals" => "ArnLike".to_owned(),
        "ArnNotEquals" => "ArnNotLike".to_owned(),
        bare => bare.to_owned(),
    }
}

enum Kind {
    Text,
    Bool,
    Date,
    Other,
}

fn kind(operator: &str) -> Kind {
    match operator {
        text if text.starts_with("String") || text.starts_with("Arn") => Kind::Text,
        "Bool" | "Null" => Kind::Bool,
        date if date.starts_with("Date") => Kind::Date,
        _ => Kind::Other,
    }
}

/// `true` and `"true"`, `5` and `"5"` are the same in conditions (IAM).
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A date as `iam-rs` reads it: IAM takes the shorter forms of ISO 8601 as well.
fn moment(text: &str) -> String {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    match (text.len(), text.split_once('T')) {
        (4, None) if digits(text) => format!("{text}-01-01T00:00:00Z"),
        (7, None) => format!("{text}-01T00:00:00Z"),
        (10, None) if text.contains('-') => format!("{text}T00:00:00Z"),
        (_, Some((day, time))) if time.len() == 6 && time.ends_with('Z') => {
            format!("{day}T{}:00Z", time.trim_end_matches('Z'))
        }
        _ => text.to_owned(),
    }
}

fn evaluated(
    operator: &str,
    key: &str,
    values: Vec<String>,
    value: ContextValue,
) -> Result<bool, String> {
    let condition: Map<String, Value> = [(operator.to_owned(), json!({ key: values }))]
        .into_iter()
        .collect();
    let document = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition },
    ]});
    let policy: IAMPolicy = serde_json::from_value(document)
        .map_err(|_| "this operator is not known here".to_owned())?;
    let mut context = Context::new();
    context.insert(key.to_owned(), value);
    let anyone = Principal::Service(PrincipalId::String(
        crate::permissions::GREENGRASS.to_owned(),
    ));
    let anything = Arn::parse("arn:aws:any:::any").map_err(|error| error.to_string())?;
    let request = IAMRequest::new_with_context(anyone, "any:Thing", anything, context);
    let said = PolicyEvaluator::with_policies(vec![policy])
        .evaluate(&request)
        .map_err(|error| error.to_string())?;
    Ok(said.decision == Decision::Allow)
}

#[cfg(test)]
mod tests;
