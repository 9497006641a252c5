//! What a deployment asks of its devices: components, policies and job configuration, checked and completed.

use serde_json::{Map, Value, json};

use super::deployments::usual_policies;
use super::ledger::Target;
use super::refusal::Refusal;
use super::version;

/// Components, policies and job configuration as `GetDeployment` answers them, checked.
pub(crate) fn document(body: &Map<String, Value>, target: &Target) -> Result<Value, Refusal> {
    let mut document = Map::new();
    let mut components = Map::new();
    match body.get("components") {
        None | Some(Value::Null) => {}
        Some(Value::Object(asked)) => {
            for (name, wanted) in asked {
                components.insert(name.clone(), component(name, wanted)?);
            }
        }
        Some(_) => return Err(Refusal::field("components", "components must be a map")),
    }
    document.insert("components".to_owned(), Value::Object(components));
    document.insert("deploymentPolicies".to_owned(), policies(body)?);
    match body.get("iotJobConfiguration") {
        None | Some(Value::Null) if matches!(target, Target::Thing(_)) => {}
        None | Some(Value::Null) => {
            document.insert("iotJobConfiguration".to_owned(), json!({}));
        }
        Some(config) => {
            check_job(config)?;
            document.insert("iotJobConfiguration".to_owned(), config.clone());
        }
    }
    Ok(Value::Object(document))
}

fn component(name: &str, wanted: &Value) -> Result<Value, Refusal> {
    let path = format!("components.{name}");
    let fields = wanted
        .as_object()
        .ok_or_else(|| Refusal::field(&path, format!("{path} must be an object")))?;
    let text = fields
        .get("componentVersion")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if version::version(text).is_none() {
        let path = format!("{path}.componentVersion");
        return Err(Refusal::field(
            &path,
            format!("{path} must be a semantic version such as 1.0.0"),
        ));
    }
    let mut kept = Map::new();
    kept.insert("componentVersion".to_owned(), text.into());
    if let Some(update) = fields
        .get("configurationUpdate")
        .filter(|update| !update.is_null())
    {
        let merge = update.get("merge").filter(|merge| !merge.is_null());
        let is_object = |merge: &Value| {
            let parsed = merge
                .as_str()
                .and_then(|text| serde_json::from_str::<Value>(text).ok());
            parsed.is_some_and(|parsed| parsed.is_object())
        };
        if !merge.is_none_or(is_object) {
            let path = format!("{path}.configurationUpdate.merge");
            return Err(Refusal::field(
                &path,
                format!("{path} must be a JSON object in a string"),
            ));
        }
        let reset = update.get("reset").filter(|reset| !reset.is_null());
        let is_pointers = |reset: &Value| {
            reset.as_array().is_some_and(|list| {
                list.iter().all(|pointer| {
                    pointer
                        .as_str()
                        .is_some_and(|text| text.is_empty() || text.starts_with('/'))
                })
            })
        };
        if !reset.is_none_or(is_pointers) {
            let path = format!("{path}.configurationUpdate.reset");
            return Err(Refusal::field(
                &path,
                format!("{path} must be a list of JSON pointers"),
            ));
        }
        kept.insert("configurationUpdate".to_owned(), update.clone());
    }
    if let Some(run_with) = fields.get("runWith").filter(|value| !value.is_null()) {
        kept.insert("runWith".to_owned(), run_with.clone());
    }
    Ok(Value::Object(kept))
}

/// The policies, complete: what is not said is as usual.
fn policies(body: &Map<String, Value>) -> Result<Value, Refusal> {
    let mut whole = usual_policies();
    let asked = match body.get("deploymentPolicies") {
        None | Some(Value::Null) => return Ok(whole),
        Some(asked) => asked,
    };
    let one_of = |path: &str, words: [&str; 2]| match asked.pointer(path) {
        None | Some(Value::Null) => Ok(()),
        Some(Value::String(word)) if words.contains(&word.as_str()) => Ok(()),
        Some(_) => {
            let member = path.trim_start_matches('/').replace('/', ".");
            let words = words.join(", ");
            Err(Refusal::field(
                &member,
                format!("{member} must be one of {words}"),
            ))
        }
    };
    one_of("/failureHandlingPolicy", ["ROLLBACK", "DO_NOTHING"])?;
    one_of(
        "/componentUpdatePolicy/action",
        ["NOTIFY_COMPONENTS", "SKIP_NOTIFY_COMPONENTS"],
    )?;
    for path in [
        "/componentUpdatePolicy/timeoutInSeconds",
        "/configurationValidationPolicy/timeoutInSeconds",
    ] {
        let given = asked.pointer(path).filter(|value| !value.is_null());
        if given.is_some_and(|value| value.as_i64().is_none_or(|seconds| seconds < 0)) {
            let member = path.trim_start_matches('/').replace('/', ".");
            return Err(Refusal::field(
                &member,
                format!("{member} must not be negative"),
            ));
        }
    }
    merge(&mut whole, asked);
    Ok(whole)
}

/// Puts members of one object over those of another, at any depth.
pub(crate) fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from.iter().filter(|(_, value)| !value.is_null()) {
                merge(into.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from.clone(),
    }
}

/// The limits of the service model.
fn check_job(config: &Value) -> Result<(), Refusal> {
    let between = |path: &str, least: f64, most: f64| match config.pointer(path) {
        None | Some(Value::Null) => Ok(()),
        Some(value)
            if value
                .as_f64()
                .is_some_and(|number| (least..=most).contains(&number)) =>
        {
            Ok(())
        }
        Some(_) => {
            let member = format!("iotJobConfiguration{}", path.replace('/', "."));
            Err(Refusal::field(
                &member,
                format!("{member} must be between {least} and {most}"),
            ))
        }
    };
    let rollout = "/jobExecutionsRolloutConfig";
    between(&format!("{rollout}/maximumPerMinute"), 1.0, 1_000.0)?;
    between(
        &format!("{rollout}/exponentialRate/baseRatePerMinute"),
        1.0,
        1_000.0,
    )?;
    between(
        &format!("{rollout}/exponentialRate/incrementFactor"),
        1.0,
        5.0,
    )?;
    between("/timeoutConfig/inProgressTimeoutInMinutes", 1.0, 10_080.0)?;
    let criteria = config
        .pointer("/abortConfig/criteriaList")
        .and_then(Value::as_array);
    for place in 0..criteria.map_or(0, Vec::len) {
        let path = format!("/abortConfig/criteriaList/{place}");
        between(&format!("{path}/thresholdPercentage"), 0.0, 100.0)?;
        between(&format!("{path}/minNumberOfExecutedThings"), 1.0, f64::MAX)?;
        let kind = config
            .pointer(&format!("{path}/failureType"))
            .and_then(Value::as_str);
        if !kind.is_some_and(|kind| ["FAILED", "REJECTED", "TIMED_OUT", "ALL"].contains(&kind)) {
            let member =
                format!("iotJobConfiguration.abortConfig.criteriaList[{place}].failureType");
            return Err(Refusal::field(
                &member,
                format!("{member} must be one of FAILED, REJECTED, TIMED_OUT, ALL"),
            ));
        }
    }
    Ok(())
}
