//! For an administrator: everything that a plan needs, as JSON, as a script of AWS CLI commands, as a CloudFormation
//! template or as a Terraform configuration.

mod cloudformation;
mod combined;
mod offline;
mod script;
mod terraform;

pub(crate) use combined::{Combined, combined};
pub use offline::{listed_groups, permissions_show, typed_place};
use overseed_domain::permissions::{
    Answer, Document, POLICY_NAME, POLICY_PATH, Pack, Packed, Place, Room, Statement, app_document,
    bucket_statement, escaped, merge_statement, pack, pass_role_document, read_statement, trust,
    trust_statement,
};
use serde_json::{Map, Value, json};

use super::{
    RoleKind,
    found::{Found, ROLE_TAG, Reading},
    judge::{self, Judged},
    kind::managed_name,
    needs::Needs,
    policy::free_names,
    trusted::Trusted,
    wire::{HandOver, ReadBy},
};
use crate::{Error, ErrorCode, Problem, Session};

/// What the draft needs, for an administrator to apply.
///
/// # Errors
/// See [`super::permissions_check`].
pub async fn permissions_hand_over(session: &Session, form: HandOver) -> Result<String, Error> {
    let needs = Needs::of_draft(session).await?;
    hand_over_for(session, &needs, form).await
}

/// What a plan needs, for an administrator to apply. It is whole, whatever is there already: applying it to a role that
/// suffices does no harm.
///
/// # Errors
/// An invalid role name; [`ErrorCode::PolicyTooLarge`]; a broken connection.
pub async fn hand_over_for(
    session: &Session,
    needs: &Needs,
    form: HandOver,
) -> Result<String, Error> {
    let judged = judge::look_at_role(session, needs, "any").await?;
    let set = Set {
        endpoint: session.connection.endpoint.clone(),
        caller: Some(session.connection.identity.clone()),
        ..Set::of(&judged, needs)?
    };
    set.written(form)
}

/// All documents of one role.
struct Set {
    kind: RoleKind,
    /// The name of the inline policy.
    policy: String,
    place: Place,
    role: String,
    role_arn: String,
    /// The path of a new role.
    path: String,
    /// Whether the role is there; `None` where it could not be looked at.
    exists: Option<bool>,
    /// The trust policy of a new role, or the present one with what is missing; `None` where it suffices as it is.
    trust: Option<Document>,
    packed: Packed,
    /// The names of the managed policies; `None` where nobody looked which are free.
    names: Option<Vec<String>>,
    bucket: Option<BucketPart>,
    /// Our own policies that the role has already.
    own: Own,
    /// By which someone may pass the role; `None` where nobody has to.
    pass_role: Option<Document>,
    app: Document,
    /// Where the account is, if not at AWS.
    endpoint: Option<String>,
    /// Who needs to pass the role.
    caller: Option<String>,
}

/// What the bucket's policy needs.
struct BucketPart {
    name: String,
    statement: Statement,
    /// The whole policy with the statement; `None` where the present one could not be looked at, or has no room for it.
    merged: Option<String>,
    /// Whether the bucket has a policy; `None` where it could not be looked at.
    present: Option<bool>,
    /// Why the statement cannot be merged into it.
    refused: Option<String>,
}

/// Our own policies that are there.
#[derive(Default)]
struct Own {
    inline: bool,
    /// Names of managed policies.
    managed: Vec<String>,
}

impl BucketPart {
    fn new(name: &str, statement: Statement, found: &Found) -> Self {
        let unseen = Self::unseen(name, statement);
        let Reading::Read(present) = &found.bucket_policy else {
            return unseen;
        };
        let merged = merge_statement(present.as_deref(), &unseen.statement);
        Self {
            present: Some(present.is_some()),
            refused: merged.as_ref().err().map(ToString::to_string),
            merged: merged.ok(),
            ..unseen
        }
    }

    fn unseen(name: &str, statement: Statement) -> Self {
        Self {
            name: name.to_owned(),
            statement,
            merged: None,
            present: None,
            refused: None,
        }
    }

    /// The policy to put where the bucket has none, or none that was seen; else the whole one. `None` where the
    /// statement cannot be merged.
    fn document(&self) -> Result<Option<Value>, Error> {
        match (&self.merged, &self.refused) {
            (_, Some(_)) => Ok(None),
            (Some(merged), None) => parsed(merged).map(Some),
            (None, None) => {
                parsed(&Document::new(vec![self.statement.clone()]).compact()).map(Some)
            }
        }
    }
}

impl Own {
    fn of(found: &Found) -> Self {
        let Reading::Read(policies) = &found.policies else {
            return Self::default();
        };
        Self {
            inline: !policies.inline.is_empty(),
            managed: policies
                .managed
                .iter()
                .map(|own| own.name.clone())
                .collect(),
        }
    }
}

impl Set {
    fn unseen(place: &Place, needs: &Needs) -> Result<Self, Error> {
        let name = needs.role_name(place)?.to_owned();
        let role_arn = needs.role_arn(place)?;
        let bucket = |statement: Statement| BucketPart::unseen(&needs.bucket, statement);
        Ok(Self {
            kind: RoleKind::Execution,
            policy: POLICY_NAME.to_owned(),
            trust: Some(trust(place)),
            exists: None,
            packed: packed(place, needs, Room::default())?,
            bucket: statement(place, needs, &role_arn).map(bucket),
            own: Own::default(),
            pass_role: Some(pass_role_document(&role_arn)),
            app: app_document(place, &role_arn, &needs.bucket, &needs.objects),
            place: place.clone(),
            role: name,
            path: needs.role_path(place)?,
            role_arn,
            names: None,
            endpoint: None,
            caller: None,
        })
    }

    fn of(judged: &Judged, needs: &Needs) -> Result<Self, Error> {
        let Judged {
            place,
            found,
            permissions,
            now,
            ..
        } = judged;
        let (exists, trust) = match &found.role {
            Reading::Unreadable(_) => (None, Some(trust(place))),
            Reading::Read(None) => (Some(false), Some(trust(place))),
            Reading::Read(Some(role)) => {
                let enough = Trusted::execution(place).may_assume(&role.trust, &role.arn, *now)
                    == Answer::Allowed;
                let merged = (!enough).then(|| role.trust.with(trust_statement(place)));
                (Some(true), merged)
            }
        };
        let role_arn = permissions.role_arn.clone();
        let bucket = |statement: Statement| BucketPart::new(&needs.bucket, statement, found);
        let packed = packed(place, needs, found.room())?;
        let names = match &found.policies {
            Reading::Read(policies) => Some(free_names(
                policies,
                &packed.managed,
                (POLICY_NAME, &permissions.role),
            )),
            Reading::Unreadable(_) => None,
        };
        Ok(Self {
            exists,
            trust,
            names,
            packed,
            bucket: statement(place, needs, &role_arn).map(bucket),
            own: Own::of(found),
            pass_role: Some(pass_role_document(&role_arn)),
            app: app_document(place, &role_arn, &needs.bucket, &needs.objects),
            role_arn,
            ..Self::unseen(
                place,
                &Needs {
                    pack: Pack::Wildcard,
                    ..needs.clone()
                },
            )?
        })
    }

    fn written(&self, form: HandOver) -> Result<String, Error> {
        match form {
            HandOver::Json => self.json(),
            HandOver::AwsCli => Ok(self.script()),
            HandOver::Cloudformation => self.cloudformation(),
            HandOver::Terraform => self.terraform(),
            HandOver::Caller => Ok(format!("{}\n", escaped(&self.app.canonical()))),
        }
    }

    /// Where neither CloudFormation nor Terraform lets a policy be written with JSON's escapes.
    fn beyond_latin(&self) -> Option<String> {
        let latin = |document: &Document| document.canonical().chars().all(|c| c <= '\u{ff}');
        (!self.packed.documents().all(latin)).then(|| {
            "The prefix has characters that IAM takes as escapes only, and this form cannot keep escapes: if IAM refuses the \
             policy, use the script of AWS CLI commands instead."
                .to_owned()
        })
    }

    /// The managed policies with their names.
    fn managed(&self) -> impl Iterator<Item = (String, &Document)> {
        let name = |(number, document)| {
            let named = self.names.as_ref().and_then(|names| names.get(number));
            let numbered = || managed_name(&self.policy, &self.role, number + 1);
            (named.cloned().unwrap_or_else(numbered), document)
        };
        self.packed.managed.iter().enumerate().map(name)
    }

    fn json(&self) -> Result<String, Error> {
        let named = |name: &str, document: &Document| {
            Ok::<_, Error>(json!({ "name": name, "document": read(document)? }))
        };
        let mut sizes = Map::new();
        if let Some(trust) = &self.trust {
            sizes.insert("trust".to_owned(), json!(trust.size()));
        }
        let mut inline = Vec::new();
        if let Some(document) = &self.packed.inline {
            inline.push(named(&self.policy, document)?);
            sizes.insert(self.policy.clone(), json!(document.size()));
        }
        let mut managed = Vec::new();
        for (name, document) in self.managed() {
            managed.push(json!({
                "name": name,
                "path": POLICY_PATH,
                "tags": { ROLE_TAG: self.role },
                "document": read(document)?,
            }));
            sizes.insert(name, json!(document.size()));
        }
        let statement = self.bucket.as_ref().map(|bucket| {
            let value = Value::Object(bucket.statement.fields().clone());
            sizes.insert("bucketStatement".to_owned(), json!(value.to_string().len()));
            value
        });
        let value = json!({
            "role": self.role,
            "roleArn": self.role_arn,
            "trust": self.trust.as_ref().map(read).transpose()?,
            "packing": self.packed.packing,
            "inline": inline,
            "managed": managed,
            "bucketStatement": statement,
            "passRole": self.pass_role.as_ref().map(read).transpose()?,
            "app": read(&self.app)?,
            "widened": self.packed.widened,
            "sizes": sizes,
        });
        Ok(format!("{}\n", escaped(&format!("{value:#}"))))
    }
}

fn packed(place: &Place, needs: &Needs, room: Room) -> Result<Packed, Error> {
    let arn = needs.objects.arn(place.partition, &needs.bucket);
    let read = (needs.read_by == ReadBy::Role).then(|| read_statement(&arn));
    pack(place, &needs.groups, read.as_ref(), room, needs.pack).map_err(|too_large| {
        Problem::new(
            ErrorCode::PolicyTooLarge,
            "The groups do not fit into the policies that were asked for",
        )
        .detail(too_large)
        .hint("Choose another way to pack them, or another role.")
        .into()
    })
}

fn statement(place: &Place, needs: &Needs, role_arn: &str) -> Option<Statement> {
    let arn = needs.objects.arn(place.partition, &needs.bucket);
    (needs.read_by == ReadBy::Bucket).then(|| bucket_statement(role_arn, &arn))
}

fn read(document: &Document) -> Result<Value, Error> {
    parsed(&document.canonical())
}

fn parsed(text: &str) -> Result<Value, Error> {
    serde_json::from_str(text).map_err(unwritable("A policy that was made cannot be read again"))
}

fn unwritable<E: std::fmt::Display>(what: &'static str) -> impl Fn(E) -> Error {
    move |source| {
        Problem::new(ErrorCode::Internal, what)
            .detail(source)
            .into()
    }
}
