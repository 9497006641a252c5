//! Task states: scheduled, called, and what came of it.

use serde_json::{Value, json};

use super::integration::{Asking, operation_of};
use super::model::{Failure, Step};
use super::place::{Here, lost};
use super::run::{CALL_S, Extra, Place, Run};

impl Run<'_> {
    pub(super) fn schedule(&mut self, place: Place, here: &Here) {
        let arguments = match here.get("Arguments") {
            Some(template) => self.fill(place, template, Extra::default()),
            None => self
                .frame(place)
                .map(|frame| frame.input.clone())
                .ok_or_else(lost),
        };
        let arguments = match arguments {
            Ok(arguments) => arguments,
            Err(failure) => return self.fail(place, here, failure),
        };
        let mut details = task(here);
        let keeps = self.keeps(place);
        if let Some(details) = details.as_object_mut().filter(|_| keeps) {
            details.insert(
                "region".to_owned(),
                json!(self.inside.world.settings.region),
            );
            details.insert("parameters".to_owned(), json!(arguments.to_string()));
        }
        self.note(place, "TaskScheduled", None, details);
        self.later(place, CALL_S, Step::Call(arguments));
    }

    pub(super) fn call(&mut self, place: Place, here: &Here, arguments: &Value) {
        let at = self.at;
        let Some(execution) = self.state.executions.get(&place.execution) else {
            return;
        };
        let asking = Asking {
            role_arn: &execution.role_arn,
            machine_arn: &execution.machine_arn,
            session: &execution.name,
            at,
        };
        let answer = match operation_of(here.text("Resource")) {
            Some(operation) => self.inside.call(operation, arguments, asking),
            None => Err(Failure::new(
                "States.Runtime",
                "The sandbox does not carry out this resource.",
            )),
        };
        self.note(place, "TaskStarted", None, task(here));
        let keeps = self.keeps(place);
        let mut details = task(here);
        let members = details.as_object_mut();
        match answer {
            Ok(result) => {
                if let Some(members) = members.filter(|_| keeps) {
                    members.insert("output".to_owned(), json!(result.to_string()));
                }
                self.note(place, "TaskSucceeded", None, details);
                self.leave(place, here, Some(result));
            }
            Err(failure) => {
                if let Some(members) = members {
                    members.insert("error".to_owned(), json!(failure.error));
                    members.insert("cause".to_owned(), json!(failure.cause));
                }
                self.note(place, "TaskFailed", None, details);
                self.fail(place, here, failure);
            }
        }
    }
}

/// `aws-sdk:greengrassv2` and `createDeployment` of a resource.
fn task(here: &Here) -> Value {
    let integration = here
        .text("Resource")
        .split(":::")
        .nth(1)
        .unwrap_or_default();
    let (kind, resource) = integration.rsplit_once(':').unwrap_or(("", integration));
    json!({ "resourceType": kind, "resource": resource })
}
