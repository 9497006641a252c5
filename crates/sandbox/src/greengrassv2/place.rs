//! Where the account is: names of its resources, written and read.

use crate::settings::Settings;

/// Partition, Region and account, as ARNs carry them.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    partition: &'static str,
    region: String,
    account: String,
}

/// A component or a version of one, as an ARN names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ComponentName<'a> {
    /// Whether it is one of AWS's own.
    pub(crate) public: bool,
    pub(crate) name: &'a str,
    pub(crate) version: Option<&'a str>,
}

/// What a deployment aims at, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TargetName<'a> {
    Thing(&'a str),
    Group(&'a str),
}

impl Place {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            partition: settings.partition(),
            region: settings.region.clone(),
            account: settings.account.clone(),
        }
    }

    fn arn(&self, service: &str, rest: &str) -> String {
        let Self {
            partition,
            region,
            account,
        } = self;
        format!("arn:{partition}:{service}:{region}:{account}:{rest}")
    }

    pub(crate) fn greengrass(&self, rest: &str) -> String {
        self.arn("greengrass", rest)
    }

    pub(crate) fn thing(&self, name: &str) -> String {
        self.arn("iot", &format!("thing/{name}"))
    }

    pub(crate) fn group(&self, name: &str) -> String {
        self.arn("iot", &format!("thinggroup/{name}"))
    }

    pub(crate) fn job(&self, id: &str) -> String {
        self.arn("iot", &format!("job/{id}"))
    }

    /// The ARN of a component; AWS's own have `aws` where others have the account.
    pub(crate) fn component(&self, public: bool, name: &str) -> String {
        let Self {
            partition,
            region,
            account,
        } = self;
        let owner = if public { "aws" } else { account };
        format!("arn:{partition}:greengrass:{region}:{owner}:components:{name}")
    }

    pub(crate) fn component_version(&self, public: bool, name: &str, version: &str) -> String {
        format!("{}:versions:{version}", self.component(public, name))
    }

    /// Reads the ARN of a component or component version of this place.
    pub(crate) fn read_component<'a>(&self, arn: &'a str) -> Option<ComponentName<'a>> {
        let own = format!(
            "arn:{}:greengrass:{}:{}:components:",
            self.partition, self.region, self.account
        );
        let public = format!(
            "arn:{}:greengrass:{}:aws:components:",
            self.partition, self.region
        );
        let (is_public, rest) = match arn.strip_prefix(&own) {
            Some(rest) => (false, rest),
            None => (true, arn.strip_prefix(&public)?),
        };
        let (name, version) = match rest.split_once(":versions:") {
            Some((name, version)) => (name, Some(version)),
            None => (rest, None),
        };
        (!name.is_empty() && !name.contains(':')).then_some(ComponentName {
            public: is_public,
            name,
            version,
        })
    }

    /// Reads the ARN of a thing or thing group of this place.
    pub(crate) fn read_target<'a>(&self, arn: &'a str) -> Option<TargetName<'a>> {
        let rest = arn.strip_prefix(&self.arn("iot", ""))?;
        match rest.split_once('/')? {
            ("thing", name) if !name.is_empty() => Some(TargetName::Thing(name)),
            ("thinggroup", name) if !name.is_empty() => Some(TargetName::Group(name)),
            _ => None,
        }
    }
}
