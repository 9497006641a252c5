//! Step Functions: state machines and their executions.

use std::collections::BTreeMap;

use aws_sdk_sfn::{operation::RequestId as _, types::Tag};
use overseed_domain::Millis;

use super::text;
use crate::{Clients, Error, Kind, classify::failed, timestamp::of_date_time};

/// A state machine (DescribeStateMachine).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateMachine {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// `ACTIVE`, `DELETING`, or a word that is new.
    pub status: String,
    /// Its definition in Amazon States Language.
    pub definition: String,
    /// ARN of its role.
    pub role_arn: String,
    /// Changes with each update of definition or role.
    pub revision: Option<String>,
}

/// An execution that was started, or was running already under the same name with the same input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartedExecution {
    /// Its ARN.
    pub arn: String,
    /// When it began.
    pub started_at: Option<Millis>,
    /// AWS's request id.
    pub request_id: Option<String>,
}

/// How an execution stands (DescribeExecution).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Execution {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: Option<String>,
    /// ARN of its state machine.
    pub state_machine_arn: String,
    /// `RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT`, `ABORTED`, `PENDING_REDRIVE`, or a word that is new.
    pub status: String,
    /// When it began.
    pub started_at: Option<Millis>,
    /// When it ended.
    pub stopped_at: Option<Millis>,
    /// What it was given, as JSON.
    pub input: Option<String>,
    /// What it came to, as JSON.
    pub output: Option<String>,
    /// The error that ended it.
    pub error: Option<String>,
    /// Words to that.
    pub cause: Option<String>,
}

impl Execution {
    /// Whether nothing will happen in it any more.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        matches!(
            self.status.as_str(),
            "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED"
        )
    }
}

impl Clients {
    /// Makes a STANDARD state machine; answers its ARN and AWS's request id. One that is the same in all is answered as
    /// if it were new (service model) (CreateStateMachine).
    ///
    /// # Errors
    /// Those of the call; [`Kind::Conflict`] where another one has the name, [`Kind::AssumeRole`] where Step Functions
    /// cannot assume the role, [`Kind::BadRequest`] where the definition is not valid.
    pub async fn create_state_machine(
        &self,
        name: &str,
        definition: &str,
        role_arn: &str,
        tags: &BTreeMap<String, String>,
    ) -> Result<(String, Option<String>), Error> {
        let tags = tags
            .iter()
            .map(|(key, value)| Tag::builder().key(key).value(value).build())
            .collect::<Vec<_>>();
        let answer = self
            .states()
            .create_state_machine()
            .name(name)
            .definition(definition)
            .role_arn(role_arn)
            .set_tags((!tags.is_empty()).then_some(tags))
            .send()
            .await
            .map_err(|error| failed("states:CreateStateMachine", error))?;
        let request_id = answer.request_id().map(str::to_owned);
        Ok((answer.state_machine_arn, request_id))
    }

    /// Gives a state machine another definition and role; executions that run keep the old ones (UpdateStateMachine).
    /// Answers AWS's request id.
    ///
    /// # Errors
    /// As [`Self::create_state_machine`]; [`Kind::NotFound`] where it does not exist.
    pub async fn update_state_machine(
        &self,
        arn: &str,
        definition: &str,
        role_arn: &str,
    ) -> Result<Option<String>, Error> {
        self.states()
            .update_state_machine()
            .state_machine_arn(arn)
            .definition(definition)
            .role_arn(role_arn)
            .send()
            .await
            .map(|answer| answer.request_id().map(str::to_owned))
            .map_err(|error| failed("states:UpdateStateMachine", error))
    }

    /// A state machine; `None` where it does not exist (DescribeStateMachine).
    ///
    /// # Errors
    /// Those of the call.
    pub async fn describe_state_machine(&self, arn: &str) -> Result<Option<StateMachine>, Error> {
        let operation = "states:DescribeStateMachine";
        let answer = self
            .states()
            .describe_state_machine()
            .state_machine_arn(arn)
            .send()
            .await
            .map_err(|error| failed(operation, error));
        match answer {
            Ok(answer) => Ok(Some(StateMachine {
                arn: answer.state_machine_arn,
                name: answer.name,
                status: answer
                    .status
                    .map(|status| status.as_str().to_owned())
                    .unwrap_or_default(),
                definition: answer.definition,
                role_arn: answer.role_arn,
                revision: text(answer.revision_id),
            })),
            Err(error) if error.kind == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The tags of a state machine; `None` where it does not exist (ListTagsForResource).
    ///
    /// # Errors
    /// Those of the call.
    pub async fn state_machine_tags(
        &self,
        arn: &str,
    ) -> Result<Option<BTreeMap<String, String>>, Error> {
        let answer = self
            .states()
            .list_tags_for_resource()
            .resource_arn(arn)
            .send()
            .await;
        match answer {
            Ok(answer) => Ok(Some(
                answer
                    .tags
                    .unwrap_or_default()
                    .into_iter()
                    .filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default())))
                    .collect(),
            )),
            Err(error) => {
                let error = failed("states:ListTagsForResource", error);
                if error.kind == Kind::NotFound {
                    Ok(None)
                } else {
                    Err(error)
                }
            }
        }
    }

    /// Deletes a state machine once its executions have ended; no error where it does not exist (DeleteStateMachine).
    /// Answers AWS's request id.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn delete_state_machine(&self, arn: &str) -> Result<Option<String>, Error> {
        self.states()
            .delete_state_machine()
            .state_machine_arn(arn)
            .send()
            .await
            .map(|answer| answer.request_id().map(str::to_owned))
            .map_err(|error| failed("states:DeleteStateMachine", error))
    }

    /// Starts an execution. The name is its token: with the same input a second start answers the first one while that
    /// runs; names are remembered for 90 days (StartExecution).
    ///
    /// # Errors
    /// Those of the call; [`Kind::Conflict`] where the name is used up.
    pub async fn start_execution(
        &self,
        state_machine_arn: &str,
        name: &str,
        input: &str,
    ) -> Result<StartedExecution, Error> {
        let answer = self
            .states()
            .start_execution()
            .state_machine_arn(state_machine_arn)
            .name(name)
            .input(input)
            .send()
            .await
            .map_err(|error| failed("states:StartExecution", error))?;
        Ok(StartedExecution {
            request_id: answer.request_id().map(str::to_owned),
            started_at: of_date_time(answer.start_date),
            arn: answer.execution_arn,
        })
    }

    /// How an execution stands; `None` where there is none of that ARN (DescribeExecution).
    ///
    /// # Errors
    /// Those of the call.
    pub async fn describe_execution(&self, arn: &str) -> Result<Option<Execution>, Error> {
        let answer = self
            .states()
            .describe_execution()
            .execution_arn(arn)
            .send()
            .await
            .map_err(|error| failed("states:DescribeExecution", error));
        match answer {
            Ok(answer) => Ok(Some(Execution {
                arn: answer.execution_arn,
                name: text(answer.name),
                state_machine_arn: answer.state_machine_arn,
                status: answer.status.as_str().to_owned(),
                started_at: of_date_time(answer.start_date),
                stopped_at: answer.stop_date.and_then(of_date_time),
                input: answer.input,
                output: answer.output,
                error: text(answer.error),
                cause: text(answer.cause),
            })),
            Err(error) if error.kind == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Stops an execution; deployments that it has made stay (StopExecution). Answers AWS's request id.
    ///
    /// # Errors
    /// Those of the call; [`Kind::NotFound`] where it does not exist.
    pub async fn stop_execution(&self, arn: &str, cause: &str) -> Result<Option<String>, Error> {
        self.states()
            .stop_execution()
            .execution_arn(arn)
            .cause(cause)
            .send()
            .await
            .map(|answer| answer.request_id().map(str::to_owned))
            .map_err(|error| failed("states:StopExecution", error))
    }
}
