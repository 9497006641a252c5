//! Who may do what: identity policies, boundaries, session policies and bucket policies together.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use iam_rs::Decision;

use crate::exchange::Caller;
use crate::iam::evaluate::{Asker, Compiled};
use crate::iam::model::Iam;
use crate::world::World;

/// The policies of one principal, ready to be asked.
#[derive(Debug)]
pub struct Permissions {
    own: Compiled,
    /// A boundary and a session policy grant nothing, they only narrow.
    limits: Vec<Compiled>,
}

impl Permissions {
    /// What the principal's own policies say within their limits.
    #[must_use]
    pub fn decide(
        &self,
        asker: Asker<'_>,
        action: &str,
        resource: &str,
        context: &[(&str, &str)],
    ) -> Decision {
        let own = self.own.decide(asker, action, resource, context);
        let mut narrowed = own;
        for limit in &self.limits {
            match limit.decide(asker, action, resource, context) {
                Decision::Deny => return Decision::Deny,
                Decision::NotApplicable if own == Decision::Allow => {
                    narrowed = Decision::NotApplicable;
                }
                _ => {}
            }
        }
        narrowed
    }
}

impl World {
    /// The policies of a user's or role's ARN, compiled; `session_policy` narrows them.
    pub fn permissions(&self, arn: &str, session_policy: Option<&str>) -> Arc<Permissions> {
        let changes = self.changes.load(Ordering::SeqCst);
        let key = format!("{arn} {}", session_policy.unwrap_or_default());
        let mut cache = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, known)) = cache.get(&key)
            && *at == changes
        {
            return Arc::clone(known);
        }
        let iam = self.iam();
        let (documents, boundary) = match iam.grants_of(arn) {
            Some(grants) => {
                let boundary = grants
                    .boundary
                    .as_ref()
                    .and_then(|arn| iam.policies.get(arn));
                let boundary = boundary
                    .and_then(|policy| policy.document())
                    .map(str::to_owned);
                (iam.documents(grants), boundary)
            }
            None => (Vec::new(), None),
        };
        drop(iam);
        let limits = boundary.as_deref().into_iter().chain(session_policy);
        let fresh = Arc::new(Permissions {
            own: Compiled::new(documents.iter().map(String::as_str)),
            limits: limits.map(|text| Compiled::new([text])).collect(),
        });
        cache.retain(|_, (at, _)| *at == changes);
        cache.insert(key, (changes, Arc::clone(&fresh)));
        fresh
    }

    /// A bucket's policy, compiled.
    pub fn bucket_policy(&self, text: &str) -> Arc<Compiled> {
        let mut cache = self
            .bucket_policies
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if cache.len() > 64 {
            cache.clear();
        }
        let fresh = || Arc::new(Compiled::new([text]));
        Arc::clone(cache.entry(text.to_owned()).or_insert_with(fresh))
    }

    /// Whether a caller may do something, by identity policies and, for S3, the bucket's policy.
    ///
    /// # Errors
    /// The refusal in the words that AWS uses.
    pub fn authorize(
        &self,
        caller: &Caller,
        action: &str,
        resource: &str,
        context: &[(&str, &str)],
        bucket_policy: Option<&Compiled>,
    ) -> Result<(), String> {
        let (principal, session_policy) = self.principal(caller);
        let permissions = self.permissions(&principal, session_policy.as_deref());
        let name = principal.rsplit('/').next().unwrap_or_default().to_owned();
        let mut all = vec![
            ("aws:PrincipalArn", principal.as_str()),
            ("aws:PrincipalAccount", caller.account.as_str()),
            ("aws:userid", caller.user_id.as_str()),
            ("aws:SourceIp", "127.0.0.1"),
            // Real endpoints speak HTTPS; policies that insist on it must not lock anyone out here.
            ("aws:SecureTransport", "true"),
        ];
        if principal.contains(":user/") {
            all.push(("aws:username", name.as_str()));
        }
        let moment = self.moment();
        all.extend(moment.iter().map(|(key, value)| (*key, value.as_str())));
        all.extend_from_slice(context);
        let own = permissions.decide(Asker::Aws(&principal), action, resource, &all);
        let by_bucket = bucket_policy.map_or(Decision::NotApplicable, |policy| {
            let as_principal = policy.decide(Asker::Aws(&principal), action, resource, &all);
            if principal == caller.arn || as_principal == Decision::Deny {
                return as_principal;
            }
            // A bucket policy may also name the session.
            match policy.decide(Asker::Aws(&caller.arn), action, resource, &all) {
                Decision::NotApplicable => as_principal,
                decided => decided,
            }
        });
        let refusal = |reason: &str| {
            let arn = &caller.arn;
            Err(if resource == "*" {
                format!(
                    "User: {arn} is not authorized to perform: {action} on resource: * {reason}"
                )
            } else {
                format!(
                    "User: {arn} is not authorized to perform: {action} on resource: {resource} {reason}"
                )
            })
        };
        match (own, by_bucket) {
            (Decision::Deny, _) => refusal("with an explicit deny in an identity-based policy"),
            (_, Decision::Deny) => refusal("with an explicit deny in a resource-based policy"),
            (Decision::Allow, _) | (_, Decision::Allow) => Ok(()),
            _ => refusal(&format!(
                "because no identity-based policy allows the {action} action"
            )),
        }
    }

    /// The user or role behind a caller, and the policy its session is narrowed by.
    fn principal(&self, caller: &Caller) -> (String, Option<String>) {
        let iam = self.iam();
        match iam.sessions.get(&caller.access_key) {
            Some(session) => {
                let role = iam.roles.get(&session.role);
                let arn = role.map_or_else(|| caller.arn.clone(), |role| iam.role_arn(role));
                (arn, session.policy.clone())
            }
            None => (role_behind(&iam, &caller.arn), None),
        }
    }
}

/// A service that acts in a role's name has no session of STS, but its ARN is that of one.
fn role_behind(iam: &Iam, arn: &str) -> String {
    let name = arn
        .split_once(":assumed-role/")
        .and_then(|(_, rest)| rest.split('/').next());
    let role = name.and_then(|name| iam.roles.get(name));
    role.map_or_else(|| arn.to_owned(), |role| iam.role_arn(role))
}
