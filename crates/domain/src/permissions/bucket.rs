//! A bucket's policy: our one statement merged into what is there. Statements of others stay byte for byte as they were
//! read, in their order.

use crate::figures::{bytes, grouped};
use indexmap::IndexMap;
use serde_json::value::RawValue;
use thiserror::Error;

use super::{
    Document, NotAPolicy, Statement,
    objects::{is_ours, is_own},
};

/// Bytes of a bucket's policy (S3: "Bucket policies", 20 KB).
pub const BUCKET_POLICY_LIMIT: u32 = 20 * 1024;

/// Why a bucket's policy is not written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotMerged {
    /// What is there cannot be read as a policy.
    #[error("the bucket's policy cannot be read: {0}")]
    Foreign(#[from] NotAPolicy),
    /// It would be too large.
    #[error(
        "with one more statement the bucket's policy has {}; {} are allowed (S3)",
        bytes(.0), grouped(BUCKET_POLICY_LIMIT)
    )]
    TooLarge(u32),
    /// The policy is of the language's older version, which knows no `${*}`; a new version would change what the
    /// statements of others say.
    #[error(
        "the bucket's policy is of version 2008-10-17, in which the prefix's special characters cannot be written"
    )]
    OlderVersion,
}

/// The bucket's policy with our statement for a role and its objects: in the place of the one that this app wrote for
/// them before, or at the end. Those for other roles or objects stay beside it.
///
/// # Errors
/// [`NotMerged`].
pub fn merge_statement(present: Option<&str>, ours: &Statement) -> Result<String, NotMerged> {
    let Some(present) = present else {
        return Ok(Document::new(vec![ours.clone()]).compact());
    };
    let mut parts = Parts::read(present)?;
    let version = Document::parse(present)?.version().map(str::to_owned);
    if version.as_deref() != Some("2012-10-17") && ours.to_string().contains("${") {
        return Err(NotMerged::OlderVersion);
    }
    let mut put = Some(parts.free_sid(ours).to_string());
    let wanted = Document::new(vec![ours.clone()]);
    let mut statements = Vec::with_capacity(parts.statements.len() + 1);
    for (statement, raw) in std::mem::take(&mut parts.statements) {
        if is_ours(&statement, ours) {
            let same = Document::new(vec![statement]).same_meaning(&wanted);
            statements.extend(put.take().map(|put| if same { raw } else { put }));
        } else {
            statements.push(raw);
        }
    }
    statements.extend(put);
    let merged = parts.text(&statements);
    let size = u32::try_from(merged.len()).unwrap_or(u32::MAX);
    if size > BUCKET_POLICY_LIMIT {
        return Err(NotMerged::TooLarge(size));
    }
    Ok(merged)
}

/// The bucket's policy without the statement that this app wrote for the role and objects of `ours`; `None` where
/// nothing else was in it.
///
/// # Errors
/// [`NotMerged::Foreign`].
pub fn remove_statement(present: &str, ours: &Statement) -> Result<Option<String>, NotMerged> {
    let mut parts = Parts::read(present)?;
    let others: Vec<String> = std::mem::take(&mut parts.statements)
        .into_iter()
        .filter(|(statement, _)| !is_ours(statement, ours))
        .map(|(_, raw)| raw)
        .collect();
    Ok((!others.is_empty()).then(|| parts.text(&others)))
}

/// The statements that this app wrote into a bucket's policy and that another state of it lacks: for which role and which
/// objects. A policy that cannot be read has none.
#[must_use]
pub fn own_beyond(text: Option<&str>, without: Option<&str>) -> Vec<Statement> {
    let own = |text: Option<&str>| -> Vec<Statement> {
        let document = text.and_then(|text| Document::parse(text).ok());
        let statements = document.iter().flat_map(Document::statements);
        statements.filter(|one| is_own(one)).cloned().collect()
    };
    let there = own(without);
    let mut beyond = own(text);
    beyond.retain(|one| !there.iter().any(|other| is_ours(other, one)));
    beyond
}

/// A policy with everything as it was written.
struct Parts {
    fields: IndexMap<String, Box<RawValue>>,
    /// Each statement, read and as it was written.
    statements: Vec<(Statement, String)>,
}

impl Parts {
    fn read(text: &str) -> Result<Self, NotAPolicy> {
        let not_json = |error: serde_json::Error| NotAPolicy::NotJson(error.to_string());
        let fields: IndexMap<String, Box<RawValue>> =
            serde_json::from_str(text).map_err(not_json)?;
        let raw = fields
            .get("Statement")
            .ok_or(NotAPolicy::Form("it has no Statement"))?;
        let raws: Vec<Box<RawValue>> = if raw.get().starts_with('[') {
            serde_json::from_str(raw.get()).map_err(not_json)?
        } else {
            vec![raw.clone()]
        };
        let read = Document::parse(text)?;
        let statements = read.statements().iter().cloned();
        let raws = raws.iter().map(|raw| raw.get().to_owned());
        Ok(Self {
            statements: statements.zip(raws).collect(),
            fields,
        })
    }

    /// `Sid`s are unique within a policy: ours gets a number where one of others has its own.
    fn free_sid(&self, ours: &Statement) -> Statement {
        let others = self
            .statements
            .iter()
            .map(|(statement, _)| statement.clone())
            .filter(|statement| !is_ours(statement, ours))
            .collect();
        let merged = Document::new(others).with(ours.clone());
        merged
            .statements()
            .last()
            .cloned()
            .unwrap_or_else(|| ours.clone())
    }

    fn text(&self, statements: &[String]) -> String {
        let mut fields = Vec::with_capacity(self.fields.len());
        for (name, value) in &self.fields {
            let value = if name == "Statement" {
                format!("[{}]", statements.join(","))
            } else {
                value.get().to_owned()
            };
            fields.push(format!(
                "{}:{value}",
                serde_json::Value::from(name.as_str())
            ));
        }
        format!("{{{}}}", fields.join(","))
    }
}
