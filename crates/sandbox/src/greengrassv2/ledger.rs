//! Deployments made here and what became of them on each device, kept as a journal of entries that is only ever
//! added to: a deployment of 100,000 devices must not be written whole at each request.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::course::{LONGEST_WORK_S, Pace};
use super::troubles::Trouble;

/// What a deployment aims at.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Target {
    /// A thing by number.
    Thing(u32),
    /// A thing group by name.
    Group(String),
}

/// Why a deployment goes no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Stop {
    /// CancelDeployment or CancelJob.
    Canceled,
    /// A newer revision for the same target.
    Replaced,
    /// Its own abort criteria.
    Aborted,
}

/// A deployment.
#[derive(Debug, Clone)]
pub(crate) struct Deployment {
    pub(crate) target: Target,
    pub(crate) name: String,
    /// Components, policies and job configuration, as JSON.
    pub(crate) document: Arc<str>,
    pub(crate) created_ms: i64,
    pub(crate) revision: u32,
    pub(crate) parent: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) stopped: Option<(i64, Stop)>,
    pub(crate) deleted: bool,
    /// By thing.
    pub(crate) executions: BTreeMap<u32, Execution>,
    /// How executions ended so far: succeeded, failed, rejected, timed out.
    pub(crate) tally: [u32; 4],
}

/// One device's part of a deployment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Execution {
    /// When the device is told of it.
    pub(crate) queued_ms: i64,
    pub(crate) mark: Option<Mark>,
}

/// What was decided when the device took the deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) taken_ms: i64,
    pub(crate) ended_ms: i64,
    /// The place of what goes wrong in [`Ledger::troubles`].
    pub(crate) trouble: Option<u32>,
}

/// One line of the journal.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Entry {
    Made {
        target: Target,
        name: String,
        document: Arc<str>,
        at_ms: i64,
        revision: u32,
        parent: Option<String>,
        tags: BTreeMap<String, String>,
        /// Client token and fingerprint of the request.
        token: Option<(String, String)>,
        /// Things, in the order in which they are told.
        members: Vec<u32>,
    },
    Joined {
        deployment: u32,
        thing: u32,
        at_ms: i64,
    },
    Trouble(Box<Trouble>),
    Judged {
        deployment: u32,
        thing: u32,
        taken_ms: i64,
        ended_ms: i64,
        trouble: Option<u32>,
    },
    Stopped {
        deployment: u32,
        at_ms: i64,
        why: Stop,
    },
    Deleted {
        deployment: u32,
    },
}

/// What is to happen at some instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Due {
    /// The device takes the deployment.
    Taken,
    /// It is done with it, one way or the other.
    Ended,
}

/// All deployments made here.
#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) made: Vec<Deployment>,
    by_target: HashMap<Target, Vec<u32>>,
    by_thing: HashMap<u32, Vec<u32>>,
    /// Fingerprint and deployment by client token.
    tokens: HashMap<String, (String, u32)>,
    pub(crate) troubles: Vec<Trouble>,
    known_troubles: HashMap<Trouble, u32>,
    due: BinaryHeap<Reverse<(i64, u32, u32, Due)>>,
    /// Until when devices are at work, as far as is known.
    at_work_ms: i64,
    pace: Pace,
    file: File,
}

impl Ledger {
    /// Opens the journal and goes on from what it says.
    ///
    /// # Errors
    /// What the file system says, or that the journal is damaged.
    pub(crate) fn open(path: &Path, pace: Pace) -> io::Result<Self> {
        let mut options = File::options();
        let file = options.create(true).append(true).read(true).open(path)?;
        let mut ledger = Self {
            made: Vec::new(),
            by_target: HashMap::new(),
            by_thing: HashMap::new(),
            tokens: HashMap::new(),
            troubles: Vec::new(),
            known_troubles: HashMap::new(),
            due: BinaryHeap::new(),
            at_work_ms: i64::MIN,
            pace,
            file: file.try_clone()?,
        };
        let mut whole = 0;
        let mut lines = BufReader::new(&file);
        let mut line = String::new();
        while lines.read_line(&mut line)? > 0 {
            // A kill may have cut the last line short: it was never answered.
            if !line.ends_with('\n') {
                file.set_len(whole)?;
                break;
            }
            let entry = serde_json::from_str(&line).map_err(io::Error::other)?;
            ledger.apply(entry);
            whole += u64::try_from(line.len()).unwrap_or(0);
            line.clear();
        }
        Ok(ledger)
    }

    /// Writes entries down and then counts them in.
    ///
    /// # Errors
    /// Whatever the file system says; nothing was counted in then.
    pub(crate) fn add(&mut self, entries: Vec<Entry>) -> io::Result<()> {
        let mut text = Vec::new();
        for entry in &entries {
            serde_json::to_writer(&mut text, entry)?;
            text.push(b'\n');
        }
        self.file.write_all(&text)?;
        for entry in entries {
            self.apply(entry);
        }
        Ok(())
    }

    fn apply(&mut self, entry: Entry) {
        match entry {
            Entry::Made {
                target,
                name,
                document,
                at_ms,
                revision,
                parent,
                tags,
                token,
                members,
            } => {
                let ordinal = u32::try_from(self.made.len()).unwrap_or(u32::MAX);
                let mut executions = BTreeMap::new();
                let queued = self.pace.queue(&document, &target, at_ms, members.len());
                for (thing, queued_ms) in members.into_iter().zip(queued) {
                    executions.insert(
                        thing,
                        Execution {
                            queued_ms,
                            mark: None,
                        },
                    );
                    self.by_thing.entry(thing).or_default().push(ordinal);
                    self.expect(ordinal, thing, queued_ms);
                }
                self.by_target
                    .entry(target.clone())
                    .or_default()
                    .push(ordinal);
                if let Some((token, fingerprint)) = token {
                    self.tokens.insert(token, (fingerprint, ordinal));
                }
                self.made.push(Deployment {
                    target,
                    name,
                    document,
                    created_ms: at_ms,
                    revision,
                    parent,
                    tags,
                    stopped: None,
                    deleted: false,
                    executions,
                    tally: [0; 4],
                });
            }
            Entry::Joined {
                deployment,
                thing,
                at_ms,
            } => {
                let Some(made) = self.get_mut(deployment) else {
                    return;
                };
                let execution = Execution {
                    queued_ms: at_ms,
                    mark: None,
                };
                if made.executions.insert(thing, execution).is_none() {
                    self.by_thing.entry(thing).or_default().push(deployment);
                }
                self.expect(deployment, thing, at_ms);
            }
            Entry::Trouble(trouble) => {
                let place = u32::try_from(self.troubles.len()).unwrap_or(u32::MAX);
                self.known_troubles.insert((*trouble).clone(), place);
                self.troubles.push(*trouble);
            }
            Entry::Judged {
                deployment,
                thing,
                taken_ms,
                ended_ms,
                trouble,
            } => {
                let mark = Mark {
                    taken_ms,
                    ended_ms,
                    trouble,
                };
                let known = self
                    .get_mut(deployment)
                    .and_then(|made| made.executions.get_mut(&thing));
                if let Some(execution) = known {
                    execution.mark = Some(mark);
                    self.due
                        .push(Reverse((ended_ms, deployment, thing, Due::Ended)));
                }
            }
            Entry::Stopped {
                deployment,
                at_ms,
                why,
            } => {
                if let Some(made) = self.get_mut(deployment) {
                    made.stopped = Some((at_ms, why));
                }
            }
            Entry::Deleted { deployment } => {
                if let Some(made) = self.get_mut(deployment) {
                    made.deleted = true;
                }
            }
        }
    }

    /// Notes when a device will take a deployment, if it ever does.
    fn expect(&mut self, deployment: u32, thing: u32, queued_ms: i64) {
        if let Some(taken_ms) = self.pace.taken_ms(deployment, thing, queued_ms) {
            self.put_off(taken_ms, deployment, thing);
        }
    }

    /// The next thing that is due by `now`.
    pub(crate) fn next_due(&mut self, now: i64) -> Option<(i64, u32, u32, Due)> {
        let Reverse((at_ms, ..)) = self.due.peek()?;
        if *at_ms > now {
            return None;
        }
        self.due.pop().map(|Reverse(due)| due)
    }

    /// Lets a device take a deployment at an instant.
    pub(crate) fn put_off(&mut self, at_ms: i64, deployment: u32, thing: u32) {
        let ended_ms = self.pace.after_ms(at_ms, LONGEST_WORK_S);
        self.at_work_ms = self.at_work_ms.max(ended_ms);
        self.due
            .push(Reverse((at_ms, deployment, thing, Due::Taken)));
    }

    /// Whether devices are still at work at `now`, or will be.
    pub(crate) fn busy(&self, now: i64) -> bool {
        self.at_work_ms > now
    }

    /// Counts an ended execution; returns the tally.
    pub(crate) fn count(&mut self, deployment: u32, kind: usize) -> Option<&Deployment> {
        let made = self.get_mut(deployment)?;
        if let Some(count) = made.tally.get_mut(kind) {
            *count += 1;
        }
        self.get(deployment)
    }

    pub(crate) fn get(&self, ordinal: u32) -> Option<&Deployment> {
        self.made.get(usize::try_from(ordinal).ok()?)
    }

    fn get_mut(&mut self, ordinal: u32) -> Option<&mut Deployment> {
        self.made.get_mut(usize::try_from(ordinal).ok()?)
    }

    /// The deployments for a target, oldest first.
    pub(crate) fn of_target(&self, target: &Target) -> &[u32] {
        self.by_target.get(target).map_or(&[], Vec::as_slice)
    }

    /// The newest deployment for a target that was not deleted.
    pub(crate) fn latest_of(&self, target: &Target) -> Option<u32> {
        let mut newest = self.of_target(target).iter().rev().copied();
        newest.find(|ordinal| self.get(*ordinal).is_some_and(|made| !made.deleted))
    }

    /// The deployments that a thing has a part in, oldest first.
    pub(crate) fn of_thing(&self, thing: u32) -> &[u32] {
        self.by_thing.get(&thing).map_or(&[], Vec::as_slice)
    }

    /// Fingerprint and deployment of a client token.
    pub(crate) fn by_token(&self, token: &str) -> Option<(&str, u32)> {
        let (fingerprint, ordinal) = self.tokens.get(token)?;
        Some((fingerprint, *ordinal))
    }

    /// The place of a trouble that was noted before.
    pub(crate) fn place_of(&self, trouble: &Trouble) -> Option<u32> {
        self.known_troubles.get(trouble).copied()
    }

    pub(crate) fn trouble(&self, place: u32) -> Option<&Trouble> {
        self.troubles.get(usize::try_from(place).ok()?)
    }
}
