//! What a line is made of: fields, kinds and bounds (service model of CreateDeployment, with a capital first letter as
//! Step Functions takes it).

use serde_json::Value;

use super::{LineFinding, LineFindingCode as Code, wording};
use crate::{
    Arn,
    v2::{
        document::{MERGE_BYTES, MOST_TAGS, NAME_CHARS, RESET_CHARS},
        json, pin,
    },
};

/// What may stand in a place.
pub(super) enum Kind {
    /// A text of so many characters.
    Text(usize, usize),
    /// A text that a rule looks at; what the rule wants.
    Rule(fn(&str) -> bool, &'static str),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A whole number within bounds.
    Whole(i64, i64),
    /// A number within bounds.
    Number(f64, f64),
    /// A list of these, at least so many.
    List(&'static Self, usize),
    /// Any names, up to so many, each with one of these.
    Names(&'static Self, usize),
    /// Known fields.
    Fields(&'static [Field]),
}

/// A field: its name, what stands in it, whether it must be there.
pub(super) struct Field(pub(super) &'static str, Kind, bool);

/// A whole line.
pub(super) static LINE: Kind = Kind::Fields(&[
    Field("thingName", Kind::Rule(is_thing, "a thing's name"), true),
    Field("clientToken", TOKEN, true),
    Field("replaces", Kind::Text(0, 64), false),
    Field("request", Kind::Fields(&REQUEST), true),
]);

const TOKEN: Kind = Kind::Rule(is_token, "1 to 64 letters, digits and hyphens");
const SECONDS: Kind = Kind::Whole(0, i32::MAX as i64);
const THINGS: Kind = Kind::Whole(1, i32::MAX as i64);

static REQUEST: [Field; 8] = [
    Field("ClientToken", TOKEN, true),
    Field("Components", Kind::Names(&COMPONENT, usize::MAX), false),
    Field("DeploymentName", Kind::Text(1, NAME_CHARS), false),
    Field("DeploymentPolicies", Kind::Fields(&POLICIES), false),
    Field("IotJobConfiguration", Kind::Fields(&JOB), false),
    Field(
        "ParentTargetArn",
        Kind::Rule(is_group, "a thing group's ARN"),
        false,
    ),
    Field("Tags", Kind::Names(&Kind::Text(0, 256), MOST_TAGS), false),
    Field("TargetArn", Kind::Rule(is_target, "a thing's ARN"), true),
];

static COMPONENT: Kind = Kind::Fields(&[
    Field(
        "ComponentVersion",
        Kind::Rule(pin::is_exact, "one exact version such as 1.0.0"),
        true,
    ),
    Field(
        "ConfigurationUpdate",
        Kind::Fields(&[
            Field(
                "Merge",
                Kind::Rule(is_merge, "a JSON object as text"),
                false,
            ),
            Field("Reset", Kind::List(&PATH, 0), false),
        ]),
        false,
    ),
    Field(
        "RunWith",
        Kind::Fields(&[
            Field("PosixUser", Kind::Text(1, usize::MAX), false),
            Field(
                "SystemResourceLimits",
                Kind::Fields(&[
                    Field("Cpus", Kind::Number(0.0, f64::MAX), false),
                    Field("Memory", Kind::Whole(0, 9_223_372_036_854_771_712), false),
                ]),
                false,
            ),
            Field("WindowsUser", Kind::Text(1, usize::MAX), false),
        ]),
        false,
    ),
]);

static PATH: Kind = Kind::Rule(is_path, "a JSON pointer of up to 256 characters, or empty");

static POLICIES: [Field; 3] = [
    Field(
        "ComponentUpdatePolicy",
        Kind::Fields(&[
            Field(
                "Action",
                Kind::Word(&["NOTIFY_COMPONENTS", "SKIP_NOTIFY_COMPONENTS"]),
                false,
            ),
            Field("TimeoutInSeconds", SECONDS, false),
        ]),
        false,
    ),
    Field(
        "ConfigurationValidationPolicy",
        Kind::Fields(&[Field("TimeoutInSeconds", SECONDS, false)]),
        false,
    ),
    Field(
        "FailureHandlingPolicy",
        Kind::Word(&["ROLLBACK", "DO_NOTHING"]),
        false,
    ),
];

static JOB: [Field; 3] = [
    Field(
        "AbortConfig",
        Kind::Fields(&[Field("CriteriaList", Kind::List(&CRITERION, 1), true)]),
        false,
    ),
    Field(
        "JobExecutionsRolloutConfig",
        Kind::Fields(&[
            Field(
                "ExponentialRate",
                Kind::Fields(&[
                    Field("BaseRatePerMinute", Kind::Whole(1, 1_000), true),
                    Field("IncrementFactor", Kind::Number(1.0, 5.0), true),
                    Field(
                        "RateIncreaseCriteria",
                        Kind::Fields(&[
                            Field("NumberOfNotifiedThings", THINGS, false),
                            Field("NumberOfSucceededThings", THINGS, false),
                        ]),
                        true,
                    ),
                ]),
                false,
            ),
            Field("MaximumPerMinute", Kind::Whole(1, 1_000), false),
        ]),
        false,
    ),
    Field(
        "TimeoutConfig",
        Kind::Fields(&[Field(
            "InProgressTimeoutInMinutes",
            Kind::Whole(1, 10_080),
            false,
        )]),
        false,
    ),
];

static CRITERION: Kind = Kind::Fields(&[
    Field("Action", Kind::Word(&["CANCEL"]), true),
    Field(
        "FailureType",
        Kind::Word(&["FAILED", "REJECTED", "TIMED_OUT", "ALL"]),
        true,
    ),
    Field("MinNumberOfExecutedThings", THINGS, true),
    Field("ThresholdPercentage", Kind::Number(0.0, 100.0), true),
]);

fn is_thing(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-');
    (1..=128).contains(&text.len()) && text.bytes().all(allowed)
}

fn is_token(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

fn is_path(text: &str) -> bool {
    text.chars().count() <= RESET_CHARS && json::pointer(text).is_some()
}

fn is_merge(text: &str) -> bool {
    text.len() <= MERGE_BYTES && json::object(text).is_some()
}

fn is_target(text: &str) -> bool {
    thing_of(text).is_some()
}

fn is_group(text: &str) -> bool {
    resource_of(text, "thinggroup/").is_some()
}

/// The thing's name in its ARN.
pub(super) fn thing_of(arn: &str) -> Option<&str> {
    resource_of(arn, "thing/")
}

fn resource_of<'a>(arn: &'a str, kind: &str) -> Option<&'a str> {
    let arn = Arn::parse(arn).ok()?;
    let digits = !arn.account.is_empty() && arn.account.bytes().all(|b| b.is_ascii_digit());
    (arn.service == "iot" && digits)
        .then(|| arn.resource.strip_prefix(kind))
        .flatten()
        .filter(|name| !name.is_empty())
}

impl Kind {
    /// Tells everything that is wrong with a value.
    pub(super) fn check(
        &self,
        line: u32,
        at: &mut String,
        value: &Value,
        tell: &mut dyn FnMut(LineFinding),
    ) {
        match (self, value) {
            (Self::Text(least, most), Value::String(text)) => {
                let chars = text.chars().count();
                if !(*least..=*most).contains(&chars) {
                    tell(wording::length(line, at, chars, *least, *most));
                }
            }
            (Self::Rule(rule, wants), Value::String(text)) => {
                if !rule(text) {
                    tell(wording::bad(line, at, text, wants));
                }
            }
            (Self::Word(words), Value::String(text)) => {
                if !words.contains(&text.as_str()) {
                    tell(wording::bad(line, at, text, &words.join(" or ")));
                }
            }
            (Self::Whole(least, most), Value::Number(number)) => {
                if !number
                    .as_i64()
                    .is_some_and(|number| (*least..=*most).contains(&number))
                {
                    let wants = format!("a whole number from {least} to {most}");
                    tell(wording::bad(line, at, &number.to_string(), &wants));
                }
            }
            (Self::Number(least, most), Value::Number(number)) => {
                if !number
                    .as_f64()
                    .is_some_and(|number| (*least..=*most).contains(&number))
                {
                    let wants = if *most < f64::MAX {
                        format!("a number from {least} to {most}")
                    } else {
                        format!("a number from {least} on")
                    };
                    tell(wording::bad(line, at, &number.to_string(), &wants));
                }
            }
            (Self::List(kind, least), Value::Array(items)) => {
                if items.len() < *least {
                    tell(wording::bad(line, at, "[]", "a list that is not empty"));
                }
                for (place, item) in items.iter().enumerate() {
                    below(at, &place.to_string(), |at| {
                        kind.check(line, at, item, tell)
                    });
                }
            }
            (Self::Names(kind, most), Value::Object(members)) => {
                if members.len() > *most {
                    tell(wording::too_many(line, at, members.len(), *most));
                }
                for (name, value) in members {
                    below(at, name, |at| {
                        if name.is_empty() || (*most == MOST_TAGS && name.chars().count() > 128) {
                            tell(wording::bad_name(line, at, name));
                        }
                        kind.check(line, at, value, tell);
                    });
                }
            }
            (Self::Fields(fields), Value::Object(members)) => {
                for Field(name, kind, required) in *fields {
                    match members.get(*name) {
                        Some(value) => {
                            below(at, name, |at| kind.check(line, at, value, tell));
                        }
                        None if *required => {
                            below(at, name, |at| tell(wording::missing(line, at)));
                        }
                        None => {}
                    }
                }
                for name in members.keys() {
                    if !fields.iter().any(|Field(known, ..)| known == name) {
                        let known = fields
                            .iter()
                            .map(|Field(known, ..)| *known)
                            .find(|known| known.eq_ignore_ascii_case(name));
                        below(at, name, |at| tell(wording::unknown(line, at, known)));
                    }
                }
            }
            _ => tell(wording::wrong_kind(line, at, value, self.wants())),
        }
    }

    const fn wants(&self) -> &'static str {
        match self {
            Self::Text(..) | Self::Rule(..) | Self::Word(_) => "a text in quotes",
            Self::Whole(..) | Self::Number(..) => "a number",
            Self::List(..) => "a list",
            Self::Names(..) | Self::Fields(_) => "an object",
        }
    }
}

/// Calls `f` with the pointer to a member.
fn below(at: &mut String, name: &str, f: impl FnOnce(&mut String)) {
    let length = at.len();
    at.push('/');
    at.push_str(&name.replace('~', "~0").replace('/', "~1"));
    f(at);
    at.truncate(length);
}

/// The code of a whole line's findings, for those that are none of a field.
pub(super) const fn of_line(line: u32, code: Code, message: String) -> LineFinding {
    LineFinding {
        line,
        code,
        at: None,
        message,
    }
}
