//! An EventBridge rule for status changes of the targets' deployments. Greengrass V1 sends an event for each group,
//! perhaps more than once and in any order, and none for bulk deployments (source: Greengrass V1 Developer Guide,
//! "Get deployment notifications"); V2 one for each core device, as a best effort (source: V2 Developer Guide, "Get
//! deployment and component health status notifications").

use overseed_domain::rollout::Generation;
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use super::Out;
use crate::{
    Error, ErrorCode, Problem,
    command_text::{heading_line, option, quoted},
    connection::ConnectRequest,
    run::rows::Run,
};

/// Characters that an event pattern may have (EventBridge quotas).
const LONGEST_PATTERN: usize = 2048;

/// Targets that are tried at most; the ids of so many groups alone are longer than a pattern.
const MOST_TARGETS: u32 = 60;

/// What a rule is called, before the beginning of the run's id.
const NAME: &str = "overseed-deployments";

/// The rule with a topic of its own as a CloudFormation template.
pub(super) fn cloud_formation(
    connection: &Connection,
    run: &Run,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    let rule = rule(connection, run)?;
    let template = json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": rule.description,
        "Resources": {
            "Topic": { "Type": "AWS::SNS::Topic" },
            "TopicPolicy": {
                "Type": "AWS::SNS::TopicPolicy",
                "Properties": {
                    "Topics": [{ "Ref": "Topic" }],
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [{
                            "Sid": "EventsMayPublish",
                            "Effect": "Allow",
                            "Principal": { "Service": "events.amazonaws.com" },
                            "Action": "sns:Publish",
                            "Resource": { "Ref": "Topic" },
                            "Condition": { "ArnEquals": { "aws:SourceArn": { "Fn::GetAtt": ["Rule", "Arn"] } } },
                        }],
                    },
                },
            },
            "Rule": {
                "Type": "AWS::Events::Rule",
                "Properties": {
                    "Description": rule.description,
                    "EventPattern": rule.pattern,
                    "State": "ENABLED",
                    "Targets": [{ "Id": "topic", "Arn": { "Ref": "Topic" } }],
                },
            },
        },
        "Outputs": {
            "TopicArn": {
                "Description": "Subscribe to this topic to be told.",
                "Value": { "Ref": "Topic" },
            },
        },
    });
    let text =
        serde_json::to_string_pretty(&template).map_err(|source| crate::StoreError::Json {
            what: "the template",
            source,
        })?;
    out.text(&text)?;
    out.text("\n")
}

/// The rule as AWS CLI commands; the topic is there already.
pub(super) fn cli(connection: &Connection, run: &Run, out: &mut Out<'_>) -> Result<(), Error> {
    let rule = rule(connection, run)?;
    let options = options(connection, run)?;
    let name = format!("{NAME}-{}", run.id.get(..8).unwrap_or(&run.id));
    out.text("#!/bin/sh\nset -eu\n")?;
    out.text(&heading_line(&rule.description))?;
    out.text(&heading_line(
        "TOPIC_ARN: the topic that is told. Its access policy has to let events.amazonaws.com publish (sns:Publish).",
    ))?;
    out.text(": \"${TOPIC_ARN:?set it to the ARN of an SNS topic}\"\n\n")?;
    out.text(&format!(
        "aws events put-rule --name {name} --state ENABLED --description {} --event-pattern {}{options}\n",
        quoted(&rule.description),
        quoted(&rule.pattern.to_string()),
    ))?;
    out.text(&format!(
        "aws events put-targets --rule {name} --targets \"Id=topic,Arn=$TOPIC_ARN\"{options}\n\n"
    ))?;
    out.text(&heading_line("To take it back:"))?;
    out.text(&format!(
        "# aws events remove-targets --rule {name} --ids topic{options}\n\
         # aws events delete-rule --name {name}{options}\n"
    ))
}

struct Rule {
    description: String,
    pattern: Value,
}

/// The pattern with the run's targets where they fit, or else for all.
fn rule(connection: &Connection, run: &Run) -> Result<Rule, Error> {
    let targets: Vec<String> = connection
        .prepare("SELECT DISTINCT target FROM target WHERE run = ?1 LIMIT ?2")?
        .query_map(params![run.ordinal, MOST_TARGETS + 1], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if targets.is_empty() {
        // An empty list matches nothing, and EventBridge refuses it.
        return Err(Problem::new(
            ErrorCode::InvalidInput,
            format!(
                "There is no rule for this run: it has no {}",
                run.generation.targets()
            ),
        )
        .hint("A bulk deployment that was started elsewhere has groups once reports of them were read: open it again.")
        .into());
    }
    let (all, mut pattern) = match run.generation {
        Generation::V1 => of_groups(&targets),
        Generation::V2 => of_devices(connection, run, &targets)?,
    };
    let words = run.generation.targets();
    if targets.len() <= MOST_TARGETS as usize && pattern.to_string().len() <= LONGEST_PATTERN {
        return Ok(Rule {
            description: format!(
                "Ends of deployments of the {} {words} of run {}",
                targets.len(),
                run.id
            ),
            pattern,
        });
    }
    pattern = all;
    Ok(Rule {
        description: format!(
            "Ends of deployments of all {words} of the account in this Region: those of run {} do not fit into a pattern",
            run.id
        ),
        pattern,
    })
}

/// The pattern for all groups, and for these.
fn of_groups(groups: &[String]) -> (Value, Value) {
    let all = json!({
        "source": ["aws.greengrass"],
        "detail-type": ["Greengrass Deployment Status Change"],
        "detail": { "status": ["Success", "Failure"] },
    });
    let mut these = all.clone();
    let ids: Vec<&str> = groups
        .iter()
        .map(|group| overseed_domain::group::bare_id(group))
        .collect();
    if let Some(detail) = these.get_mut("detail").and_then(Value::as_object_mut) {
        detail.insert("group-id".to_owned(), json!(ids));
    }
    (all, these)
}

/// The pattern for all core devices, and for these.
fn of_devices(
    connection: &Connection,
    run: &Run,
    devices: &[String],
) -> Result<(Value, Value), Error> {
    let all = json!({
        "source": ["aws.greengrass"],
        "detail-type": ["Greengrass V2 Effective Deployment Status Change"],
        "detail": {
            "coreDeviceExecutionStatus": ["FAILED", "SUCCEEDED", "COMPLETED", "REJECTED", "CANCELED"],
        },
    });
    let before: String = connection.query_row(
        "SELECT 'arn:' || partition || ':greengrass:' || region || ':' || account || ':coreDevices:'
         FROM scope WHERE id = ?1",
        [run.scope],
        |row| row.get(0),
    )?;
    let arns: Vec<String> = devices
        .iter()
        .map(|device| format!("{before}{device}"))
        .collect();
    let mut these = all.clone();
    if let Some(fields) = these.as_object_mut() {
        fields.insert("resources".to_owned(), json!(arns));
    }
    Ok((all, these))
}

/// Profile and Region, as options with a space before each.
fn options(connection: &Connection, run: &Run) -> Result<String, Error> {
    let (request, region): (String, String) = connection.query_row(
        "SELECT r.connection, s.region FROM run r JOIN scope s ON s.id = r.scope WHERE r.ordinal = ?1",
        [run.ordinal],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let request: ConnectRequest =
        serde_json::from_str(&request).map_err(|source| crate::StoreError::Json {
            what: "run.connection",
            source,
        })?;
    let profile = match request {
        ConnectRequest::Account { profile, .. } => profile,
        ConnectRequest::Sandbox { .. } => None,
    };
    let profile = profile.map_or_else(String::new, |profile| {
        format!(" {}", option("--profile", &quoted(&profile)))
    });
    Ok(format!("{profile} --region {}", quoted(&region)))
}
