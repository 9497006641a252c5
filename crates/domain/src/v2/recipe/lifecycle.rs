//! The scripts of a lifecycle, wherever they stand: in a step, under `Script`, and under selection keys at any level (recipe
//! reference: "Global lifecycle").

use super::node::{Kind, Node, below};

/// A step of a component's life (recipe reference: "Lifecycle"; nucleus: `uninstall`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Before the nucleus restarts.
    Bootstrap,
    /// Once, and whenever the nucleus starts.
    Install,
    /// Has to end, or to report itself running, before the component runs.
    Startup,
    /// The component itself.
    Run,
    /// When it is stopped.
    Shutdown,
    /// After an error.
    Recover,
    /// When it is removed.
    Uninstall,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Bootstrap,
        Self::Install,
        Self::Startup,
        Self::Run,
        Self::Shutdown,
        Self::Recover,
        Self::Uninstall,
    ];

    /// Its name as recipes have it; the nucleus reads it in any letter case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bootstrap => "Bootstrap",
            Self::Install => "Install",
            Self::Startup => "Startup",
            Self::Run => "Run",
            Self::Shutdown => "Shutdown",
            Self::Recover => "Recover",
            Self::Uninstall => "Uninstall",
        }
    }

    fn named(key: &str) -> Option<Self> {
        let same = |step: &Self| step.as_str().eq_ignore_ascii_case(key);
        Self::ALL.into_iter().find(same)
    }

    /// Whether it makes a component do something, or be installed.
    #[must_use]
    pub const fn does_something(self) -> bool {
        matches!(
            self,
            Self::Bootstrap | Self::Install | Self::Startup | Self::Run
        )
    }
}

/// One script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The step it belongs to.
    pub step: Step,
    /// Its text, several lines perhaps.
    pub text: String,
    /// `Timeout` of the step in seconds, where it is given as a number.
    pub timeout_seconds: Option<u64>,
    /// Where it stands in the recipe.
    pub path: String,
    /// Its line, from 1.
    pub line: u32,
}

/// Fields of a step beside its script (recipe reference).
const BESIDE: [&str; 4] = ["requiresprivilege", "skipif", "timeout", "setenv"];

/// All scripts below a lifecycle.
pub(super) fn scripts(lifecycle: &Node, path: &str) -> Vec<Script> {
    let mut found = Vec::new();
    walk(lifecycle, path, None, &mut found);
    found
}

fn walk(node: &Node, path: &str, within: Option<(Step, Option<u64>)>, found: &mut Vec<Script>) {
    let Kind::Map(entries) = &node.kind else {
        if let (Some((step, timeout)), Some(text)) = (within, node.text()) {
            found.push(Script {
                step,
                text: text.to_owned(),
                timeout_seconds: timeout,
                path: path.to_owned(),
                line: node.line,
            });
        }
        return;
    };
    let timeout = node.get("timeout").and_then(Node::text);
    let timeout = timeout.and_then(|text| text.parse().ok());
    for entry in entries {
        let path = below(path, &entry.key);
        if BESIDE.contains(&entry.key.to_ascii_lowercase().as_str()) {
            continue;
        }
        let inner = match within {
            Some((step, outer)) => Some((step, timeout.or(outer))),
            None => Step::named(&entry.key).map(|step| (step, None)),
        };
        walk(&entry.value, &path, inner, found);
    }
}

/// Keys of a manifest's lifecycle that are neither a step nor an object that could be a selection: nothing runs them.
pub(super) fn unknown_steps(lifecycle: &Node) -> impl Iterator<Item = (&str, u32)> {
    let known = |key: &str| Step::named(key).is_some() || key.eq_ignore_ascii_case("setenv");
    let entries = lifecycle.entries().iter();
    let strange = entries.filter(move |entry| !known(&entry.key) && !entry.value.is_map());
    strange.map(|entry| (entry.key.as_str(), entry.line))
}
