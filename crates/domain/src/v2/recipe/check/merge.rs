//! Configuration merges against the default configuration.

use serde_json::Value;

use super::Sink;
use crate::v2::{
    kinds::{OtherKind, other_kinds},
    recipe::{Recipe, RecipeFinding, RecipeFindingCode as Code},
};

/// Checks a deployment's configuration merge: whether its keys are those that the component knows (facts: the merge of the
/// Edge Impulse components has to be wrapped as `{"Parameters": {…}}`, and configurations are not shared between recipes),
/// and its values of the kinds that the component has by default.
#[must_use]
pub fn check_merge(recipe: &Recipe, merge: &Value) -> Vec<RecipeFinding> {
    let mut sink = Sink::new(recipe);
    let (Some(Value::Object(default)), Value::Object(merge)) =
        (&recipe.component().default_configuration, merge)
    else {
        return Vec::new();
    };
    for (key, value) in merge {
        if let Some(known) = default.get(key) {
            deeper(key, known, value, &mut sink);
            continue;
        }
        let outer = default.iter().find(|(_, inner)| inner.get(key).is_some());
        match outer {
            Some((outer, _)) => sink.warning(
                Code::MergeNotWrapped,
                "",
                format!("{key} is a part of {outer}: at the top of the merge nothing reads it."),
                &format!("Write {{\"{outer}\": {{\"{key}\": …}}}}."),
            ),
            // Policies and the like are added here.
            None if key == "accessControl" => {}
            None => unknown(key, &mut sink),
        }
    }
    for OtherKind { path, was, gets } in other_kinds(default, merge) {
        sink.warning(
            Code::MergeOtherKind,
            "",
            format!("{path} is {was} by default, and the merge makes it {gets}."),
            "Check that the component takes that.",
        );
    }
    sink.sorted()
}

fn deeper(path: &str, known: &Value, merge: &Value, sink: &mut Sink<'_>) {
    if path == "accessControl" {
        return;
    }
    // An empty object is a place for anything.
    if let (Value::Object(known), Value::Object(merge)) = (known, merge)
        && !known.is_empty()
    {
        for (key, value) in merge {
            let path = format!("{path}.{key}");
            match known.get(key) {
                Some(known) => deeper(&path, known, value, sink),
                None => unknown(&path, sink),
            }
        }
    }
}

fn unknown(key: &str, sink: &mut Sink<'_>) {
    sink.note(
        Code::UnknownMergeKey,
        "",
        format!("The default configuration has no {key}: perhaps it is another component's."),
        "Check its name, unless the component takes keys that have no default.",
    );
}
