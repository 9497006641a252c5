//! JSONata in definitions: strings of the form `{% … %}`.
//!
//! What Step Functions adds and leaves out: the reserved variable `$states`, the functions `$partition`, `$range`,
//! `$hash`, `$random`, `$uuid` and `$parse`; no `$eval` (Developer Guide, "Transforming data with JSONata").

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use jsonata_core::ast::AstNode;
use jsonata_core::evaluator::{Context, Evaluator, EvaluatorError, EvaluatorOptions};
use jsonata_core::value::JValue;
use serde_json::{Map, Number, Value};
use sha2::{Digest, Sha256};

use super::model::Failure;

/// How long an expression may take; the service says "one second".
const LONGEST_MS: u64 = 1_000;
/// How deep an expression may go.
const DEEPEST: usize = 1_000;
/// Parsed expressions a thread keeps.
const KEPT: usize = 1_024;

/// What the scope itself gives to expressions.
const FUNCTIONS: [&str; 9] = [
    "$millis",
    "$now",
    "$eval",
    "$random",
    "$uuid",
    "$parse",
    "$hash",
    "$range",
    "$partition",
];

thread_local! {
    static PARSED: RefCell<HashMap<String, Rc<AstNode>>> = RefCell::default();
}

/// What expressions see.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    /// `$states`.
    pub(super) states: Value,
    pub(super) variables: &'a Map<String, Value>,
    /// For `$now` and `$millis`.
    pub(super) now_ms: i64,
    /// For `$random` and `$uuid`.
    pub(super) seed: u64,
}

/// The expression in a string, if it is one.
pub(super) fn inside(text: &str) -> Option<&str> {
    text.strip_prefix("{%")?.strip_suffix("%}").map(str::trim)
}

/// Whether an expression can be read.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(expression: &str) -> Result<(), String> {
    parsed(expression).map(|_| ())
}

fn parsed(expression: &str) -> Result<Rc<AstNode>, String> {
    if let Some(known) = PARSED.with_borrow(|parsed| parsed.get(expression).cloned()) {
        return Ok(known);
    }
    let fresh = jsonata_core::parser::parse(expression).map_err(|error| error.to_string())?;
    let fresh = Rc::new(fresh);
    PARSED.with_borrow_mut(|parsed| {
        if parsed.len() >= KEPT {
            parsed.clear();
        }
        parsed.insert(expression.to_owned(), Rc::clone(&fresh));
    });
    Ok(fresh)
}

impl Scope<'_> {
    /// A template with its expressions replaced by what they give.
    ///
    /// # Errors
    /// `States.QueryEvaluationError`, also for an expression that gives nothing.
    pub(super) fn fill(&self, template: &Value) -> Result<Value, Failure> {
        let mut text = String::new();
        gather(template, &mut text);
        if text.is_empty() {
            return Ok(template.clone());
        }
        self.replace(template, &mut self.evaluator(&text)?)
    }

    fn replace(&self, template: &Value, evaluator: &mut Evaluator) -> Result<Value, Failure> {
        match template {
            Value::String(text) => match inside(text) {
                Some(expression) => evaluate(expression, evaluator),
                None => Ok(template.clone()),
            },
            Value::Array(items) => items
                .iter()
                .map(|item| self.replace(item, evaluator))
                .collect(),
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| Ok((name.clone(), self.replace(value, evaluator)?)))
                .collect(),
            plain => Ok(plain.clone()),
        }
    }

    fn evaluator(&self, text: &str) -> Result<Evaluator, Failure> {
        let mut context = Context::new();
        context.bind("states".to_owned(), to_jsonata(&self.states));
        for (name, value) in self.variables {
            context.bind(name.clone(), to_jsonata(value));
        }
        let options = EvaluatorOptions {
            timeout_ms: Some(LONGEST_MS),
            max_stack_depth: Some(DEEPEST),
            ..EvaluatorOptions::default()
        };
        let mut evaluator = Evaluator::with_options(context, options);
        // Most expressions use none of them, and thousands are evaluated a second.
        if FUNCTIONS.iter().any(|name| text.contains(name)) {
            self.functions(&mut evaluator)
                .map_err(|error| broken(error.message()))?;
        }
        Ok(evaluator)
    }

    fn functions(&self, evaluator: &mut Evaluator) -> Result<(), EvaluatorError> {
        let (now_ms, seed) = (self.now_ms, self.seed);
        #[expect(
            clippy::cast_precision_loss,
            reason = "milliseconds are far below 2^53"
        )]
        let millis = now_ms as f64;
        let time = jiff::Timestamp::from_millisecond(now_ms).unwrap_or_default();
        let time = time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        evaluator.register_fn_override("millis", move |_: &[JValue]| Ok(JValue::Number(millis)))?;
        evaluator
            .register_fn_override("now", move |_: &[JValue]| Ok(JValue::from(time.as_str())))?;
        evaluator.register_fn_override("eval", |_: &[JValue]| {
            Err(EvaluatorError::EvaluationError(
                "$eval is not there; use $parse".to_owned(),
            ))
        })?;
        evaluator.register_fn_override("random", move |_: &[JValue]| {
            Ok(JValue::Number(crate::greengrass::draw::unit(&[seed])))
        })?;
        evaluator.register_fn("uuid", move |_: &[JValue]| {
            Ok(JValue::from(super::uuid(&[seed, 1]).as_str()))
        })?;
        evaluator.register_fn("parse", |given: &[JValue]| {
            let text = given.first().and_then(JValue::as_str).unwrap_or_default();
            JValue::from_json_str(text)
                .map_err(|error| EvaluatorError::EvaluationError(format!("$parse: {error}")))
        })?;
        evaluator.register_fn("hash", |given: &[JValue]| {
            let text = given.first().and_then(JValue::as_str).unwrap_or_default();
            match given.get(1).and_then(JValue::as_str) {
                Some("SHA-256") => Ok(JValue::from(hex::encode(Sha256::digest(text)).as_str())),
                other => Err(EvaluatorError::EvaluationError(format!(
                    "$hash: this sandbox knows SHA-256 only, not {other:?}"
                ))),
            }
        })?;
        evaluator.register_fn("range", |given: &[JValue]| {
            let number = |place: usize| given.get(place).and_then(JValue::as_i64);
            let (Some(first), Some(last), Some(step @ 1..)) = (number(0), number(1), number(2))
            else {
                return Err(EvaluatorError::EvaluationError(
                    "$range takes a first number, a last one and a step above zero".to_owned(),
                ));
            };
            let step = usize::try_from(step).unwrap_or(usize::MAX);
            let numbers = (first..=last).step_by(step).take(1_000);
            Ok(JValue::array(numbers.map(JValue::from_i64).collect()))
        })?;
        evaluator.register_fn("partition", |given: &[JValue]| {
            let items = given.first().and_then(JValue::as_array);
            let size = given
                .get(1)
                .and_then(JValue::as_i64)
                .and_then(|size| usize::try_from(size).ok());
            let (Some(items), Some(size @ 1..)) = (items, size) else {
                return Err(EvaluatorError::EvaluationError(
                    "$partition takes an array and a size above zero".to_owned(),
                ));
            };
            let parts = items.chunks(size).map(|part| JValue::array(part.to_vec()));
            Ok(JValue::array(parts.collect()))
        })
    }
}

/// Puts the expressions of a template together, to see what they mention.
fn gather(template: &Value, text: &mut String) {
    match template {
        Value::String(string) => {
            if let Some(expression) = inside(string) {
                text.push_str(expression);
                text.push('\n');
            }
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, text)),
        Value::Object(members) => members.values().for_each(|value| gather(value, text)),
        _ => {}
    }
}

/// Whether a template's expressions may use this member of `$states`.
pub(super) fn uses(template: &Value, member: &str) -> bool {
    let mut text = String::new();
    gather(template, &mut text);
    text.split("$states").skip(1).any(|rest| {
        let rest = rest.strip_prefix('.');
        // Whatever else follows may look at all of it.
        let known = |name: &&str| rest.is_some_and(|rest| rest.starts_with(*name));
        match ["input", "result", "errorOutput", "context"]
            .iter()
            .find(|name| known(name))
        {
            Some(name) => *name == member,
            None => true,
        }
    })
}

fn evaluate(expression: &str, evaluator: &mut Evaluator) -> Result<Value, Failure> {
    let ast = parsed(expression).map_err(|error| broken(&error))?;
    let given = evaluator
        .evaluate(&ast, &JValue::Undefined)
        .map_err(|error| broken(&format!("{} in {expression}", error.message())))?;
    from_jsonata(&given).ok_or_else(|| {
        broken(&format!(
            "The JSONata expression '{expression}' returned nothing (undefined)."
        ))
    })
}

fn broken(cause: &str) -> Failure {
    Failure::new("States.QueryEvaluationError", cause)
}

fn to_jsonata(value: &Value) -> JValue {
    match value {
        Value::Null => JValue::Null,
        Value::Bool(yes) => JValue::Bool(*yes),
        Value::Number(number) => JValue::Number(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => JValue::from(text.as_str()),
        Value::Array(items) => JValue::array(items.iter().map(to_jsonata).collect()),
        Value::Object(members) => JValue::object(
            members
                .iter()
                .map(|(name, value)| (name.clone(), to_jsonata(value)))
                .collect(),
        ),
    }
}

/// `None` for what JSON has no value for.
fn from_jsonata(value: &JValue) -> Option<Value> {
    Some(match value {
        JValue::Null => Value::Null,
        JValue::Bool(yes) => Value::Bool(*yes),
        JValue::Number(number) => Value::Number(to_number(*number)?),
        JValue::String(text) => Value::String(text.as_ref().to_owned()),
        JValue::Array(items) => items.iter().filter_map(from_jsonata).collect(),
        JValue::Object(members) => Value::Object(
            members
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), from_jsonata(value)?)))
                .collect(),
        ),
        _ => return None,
    })
}

/// JSONata's numbers are floating; whole ones are written without a point.
fn to_number(number: f64) -> Option<Number> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        return Some(Number::from(number as i64));
    }
    Number::from_f64(number)
}
