//! An EventBridge rule for status changes of the groups' deployments. Greengrass sends an event for each group,
//! perhaps more than once and in any order, and none for bulk deployments (source: Greengrass V1 Developer Guide,
//! "Get deployment notifications").

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

/// Groups that are tried at most; their ids alone are longer than a pattern.
const MOST_GROUPS: u32 = 60;

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

/// The pattern with the run's groups where they fit, or else for all groups.
fn rule(connection: &Connection, run: &Run) -> Result<Rule, Error> {
    let groups: Vec<String> = connection
        .prepare("SELECT DISTINCT target FROM target WHERE run = ?1 LIMIT ?2")?
        .query_map(params![run.ordinal, MOST_GROUPS + 1], |row| {
            row.get::<_, String>(0)
        })?
        .map(|target| target.map(|target| overseed_domain::group::bare_id(&target).to_owned()))
        .collect::<Result<_, _>>()?;
    if groups.is_empty() {
        // An empty list matches nothing, and EventBridge refuses it.
        return Err(Problem::new(
            ErrorCode::InvalidInput,
            "There is no rule for this run: it has no groups",
        )
        .hint("A bulk deployment that was started elsewhere has groups once reports of them were read: open it again.")
        .into());
    }
    let mut pattern = json!({
        "source": ["aws.greengrass"],
        "detail-type": ["Greengrass Deployment Status Change"],
        "detail": { "status": ["Success", "Failure"] },
    });
    let all = pattern.clone();
    if let Some(detail) = pattern.get_mut("detail").and_then(Value::as_object_mut) {
        detail.insert("group-id".to_owned(), json!(groups));
    }
    if groups.len() <= MOST_GROUPS as usize && pattern.to_string().len() <= LONGEST_PATTERN {
        return Ok(Rule {
            description: format!(
                "Ends of deployments of the {} groups of run {}",
                groups.len(),
                run.id
            ),
            pattern,
        });
    }
    Ok(Rule {
        description: format!(
            "Ends of deployments of all groups of the account in this Region: those of run {} do not fit into a pattern",
            run.id
        ),
        pattern: all,
    })
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
