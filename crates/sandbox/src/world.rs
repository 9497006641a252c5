//! The state that all services share, and who may do what in it.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use iam_rs::Decision;
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::exchange::Caller;
use crate::files::Files;
use crate::iam::evaluate::{Asker, Compiled};
use crate::iam::model::Iam;
use crate::s3::state::{Shelf, Stock};
use crate::settings::Settings;

/// When the sandbox last ran, by the computer's clock, and how long it has stood still in all.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Stillness {
    seen_ms: i64,
    stood_still_ms: i64,
    /// Whether this was noted at the end, and not some time before it.
    at_the_end: bool,
}

/// How often a running sandbox notes the time.
pub const NOTE_EVERY: Duration = Duration::from_secs(2);

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

/// The account.
#[derive(Debug)]
pub struct World {
    /// With `state_dir` set.
    pub settings: Settings,
    clock: Arc<dyn Clock>,
    stood_still_ms: i64,
    files: Files,
    iam: Mutex<Iam>,
    /// Counts the changes of IAM: compiled policies of an earlier count are stale.
    changes: AtomicU64,
    compiled: Mutex<HashMap<String, (u64, Arc<Permissions>)>>,
    stock: Mutex<Stock>,
    /// Bucket policies, compiled when first asked; by their text.
    bucket_policies: Mutex<HashMap<String, Arc<Compiled>>>,
    /// Where objects' bytes are.
    pub shelf: Shelf,
}

impl World {
    /// Opens the world in the state folder of the settings, or makes a new one there.
    ///
    /// # Errors
    /// What the file system says, or that a state file is damaged.
    pub fn open(settings: Settings, dir: PathBuf, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let files = Files::open(&dir)?;
        let settings = Settings {
            state_dir: Some(dir),
            ..settings
        };
        let wall_ms = clock.now_ms();
        let stood_still_ms = match files.load::<Stillness>("clock.json")? {
            Some(last) => {
                let away_ms = wall_ms - last.seen_ms;
                // After a kill it ran on for a while unnoted: what was seen then must not be undone.
                let unnoted_ms = i64::try_from(NOTE_EVERY.as_millis()).unwrap_or(0);
                let ran_on_ms = if last.at_the_end {
                    0
                } else {
                    away_ms.clamp(0, unnoted_ms)
                };
                last.stood_still_ms + away_ms - ran_on_ms
            }
            None => 0,
        };
        let now_ms = wall_ms - stood_still_ms;
        let shelf = Shelf(files.path("objects"));
        std::fs::create_dir_all(&shelf.0)?;
        let iam = files
            .load("iam.json")?
            .unwrap_or_else(|| crate::iam::seed(&settings, now_ms));
        let stock = files
            .load("s3.json")?
            .unwrap_or_else(|| crate::s3::state::seed(&settings, now_ms));
        let world = Self {
            settings,
            clock,
            stood_still_ms,
            files,
            iam: Mutex::new(iam),
            changes: AtomicU64::new(0),
            compiled: Mutex::default(),
            stock: Mutex::new(stock),
            bucket_policies: Mutex::default(),
            shelf,
        };
        world.save_iam(&world.iam())?;
        world.save_stock(&world.stock())?;
        world.save_clock(false)?;
        Ok(world)
    }

    /// The computer's time: signatures and credentials are judged by it.
    #[must_use]
    pub fn wall_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// The sandbox's own time: it stands still while the sandbox is not running.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.wall_ms() - self.stood_still_ms
    }

    /// Notes the time, so that a restart goes on from here.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn save_clock(&self, at_the_end: bool) -> io::Result<()> {
        let (seen_ms, stood_still_ms) = (self.wall_ms(), self.stood_still_ms);
        self.files.save(
            "clock.json",
            &Stillness {
                seen_ms,
                stood_still_ms,
                at_the_end,
            },
        )
    }

    /// The folder of state files.
    #[must_use]
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// The identities, to read.
    pub fn iam(&self) -> MutexGuard<'_, Iam> {
        // A panic of another request cannot leave IAM half changed: every operation checks before it changes.
        self.iam.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes IAM after a change, before the change is answered, and forgets compiled policies.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn save_iam(&self, iam: &Iam) -> io::Result<()> {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.files.save("iam.json", iam)
    }

    /// The secret of an access key, long-lived or of a session.
    pub fn secret_of(&self, access_key: &str) -> Option<String> {
        let iam = self.iam();
        let key = iam.keys.get(access_key).map(|key| key.secret.clone());
        key.or_else(|| {
            iam.sessions
                .get(access_key)
                .map(|session| session.secret.clone())
        })
    }

    /// Buckets and objects.
    pub fn stock(&self) -> MutexGuard<'_, Stock> {
        self.stock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes buckets and objects after a change, before the change is answered.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn save_stock(&self, stock: &Stock) -> io::Result<()> {
        self.files.save("s3.json", stock)
    }

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
            None => (caller.arn.clone(), None),
        }
    }
}
