//! The checks of the components that devices get: whether the versions are there and can be deployed, run on the devices'
//! platforms, and find the secrets that their configurations name.

use overseed_domain::figures::{counted, grouped};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures::{StreamExt, TryStreamExt, stream};
use overseed_aws::{
    Kind,
    v2::{ComponentDetail, Platform, RecipeFormat},
};
use overseed_domain::v2::recipe::{
    Configured, NeededSecret, Recipe, Severity, check_merge, secrets,
};

use super::{
    machines::{Machine, Machines},
    secrets::named_secrets,
};
use crate::{
    Error, Session,
    job::Progress,
    review::{Check, CheckState},
    v2::{
        components::{arn, explain},
        permissions::Recipes,
        plan::{Pacing, PlannedComponent, Whole},
    },
};

/// Component versions that are looked at; more different ones have hardly been seen in one plan.
const LOOKED_AT: usize = 200;

/// Asked at once: the control plane takes about 30 calls a second together.
const AT_ONCE: usize = 5;

/// What a check names one by one.
const NAMED: usize = 5;

/// Its default configuration names no secret, but its merges do.
const SECRET_MANAGER: &str = "aws.greengrass.SecretManager";

/// How a version stands in the account.
enum Standing {
    /// It is there: what is said of it, and whether it is the account's own.
    There(Box<ComponentDetail>, bool),
    Missing,
    /// It could not be looked at.
    Unknown(overseed_aws::Error),
}

/// The checks of the components of a plan.
///
/// # Errors
/// [`Error::Cancelled`].
pub(super) async fn checks(
    session: &Session,
    whole: &Whole,
    machines: &Machines,
    recipes: &Recipes,
    progress: &Progress,
) -> Result<Vec<Check>, Error> {
    let components = &whole.contents.components;
    progress.stage("Looking at the components", Some(components.len() as u64));
    let pacing = &Pacing::of(session);
    let looks: Vec<_> = components
        .iter()
        .take(LOOKED_AT)
        .map(|component| async move {
            let standing = standing(session, component, pacing, progress).await;
            standing.map(|standing| (component, standing))
        })
        .collect();
    let standings: Vec<(&PlannedComponent, Standing)> =
        stream::iter(looks).buffered(AT_ONCE).try_collect().await?;
    let mut checks = vec![deployable(&standings, components.len())];
    checks.push(platforms(whole, machines, &standings));
    let told = of_recipes(session, &standings, pacing, (recipes, progress)).await?;
    checks.extend(configurations(&told.unlike_defaults, told.merges));
    checks.extend(named_secrets(session, told.secrets, told.more_secrets, progress).await?);
    Ok(checks)
}

/// What is told by the recipes of components and what is merged into their configurations.
#[derive(Default)]
struct OfRecipes<'a> {
    /// By id, with the component that names it.
    secrets: BTreeMap<String, (NeededSecret, &'a str)>,
    /// Whether there are configurations that were not looked at, of components that name secrets.
    more_secrets: bool,
    /// What of the merges does not suit the default configurations.
    unlike_defaults: BTreeSet<String>,
    /// Merges that were held against a default configuration.
    merges: usize,
}

async fn of_recipes<'a>(
    session: &Session,
    standings: &'a [(&PlannedComponent, Standing)],
    pacing: &Pacing,
    (recipes, progress): (&Recipes, &Progress),
) -> Result<OfRecipes<'a>, Error> {
    let mut told = OfRecipes::default();
    for (component, standing) in standings {
        let Standing::There(detail, is_own) = standing else {
            continue;
        };
        if !is_own && component.name != SECRET_MANAGER && component.merges.is_empty() {
            continue;
        }
        pacing.wait(progress.cancel()).await?;
        let recipe = session
            .clients
            .component_recipe(&detail.arn, RecipeFormat::Json);
        // Without its recipe nothing is known of its configuration; the check of components tells what is wrong with it.
        let Ok(recipe) = recipe.await else { continue };
        let Ok(recipe) = Recipe::parse(&String::from_utf8_lossy(&recipe)) else {
            continue;
        };
        let recipe = Arc::new(recipe);
        recipes.keep(&detail.arn, &recipe);
        let named = of_configurations(&recipe, &component.merges);
        told.more_secrets |= component.has_more && !named.is_empty();
        for secret in named {
            told.secrets
                .entry(secret.id.clone())
                .or_insert((secret, component.name.as_str()));
        }
        for merge in component
            .merges
            .iter()
            .filter_map(|merge| serde_json::from_str(merge).ok())
        {
            told.merges += 1;
            let found = check_merge(&recipe, &merge);
            let warnings = found
                .iter()
                .filter(|found| found.severity == Severity::Warning);
            told.unlike_defaults.extend(warnings.map(|found| {
                format!(
                    "{} {}: {}",
                    component.name, component.version, found.message
                )
            }));
        }
    }
    Ok(told)
}

/// What is merged looks like the components' default configurations; no check where nothing is.
fn configurations(unlike_defaults: &BTreeSet<String>, merges: usize) -> Option<Check> {
    if merges == 0 {
        return None;
    }
    let (state, detail) = if unlike_defaults.is_empty() {
        let detail = "No value is of another kind than the default, such as a text in the place of a number.";
        (CheckState::Pass, detail.to_owned())
    } else {
        let sentences: Vec<String> = unlike_defaults.iter().cloned().collect();
        let mend = "Check that the components take that; in CSV rows a text that looks like a number stands in quotes.";
        (CheckState::Warn, format!("{} {mend}", some(&sentences)))
    };
    let title = "What is merged looks like the components' default configurations";
    Some(Check::new("configurations", title, state, detail).step("components"))
}

async fn standing(
    session: &Session,
    component: &PlannedComponent,
    pacing: &Pacing,
    progress: &Progress,
) -> Result<Standing, Error> {
    let own = (arn::component(session, &component.name), true);
    let public = (arn::public(session, &component.name), false);
    // A component of one's own may have any name; those of AWS begin so.
    let order = if component.name.starts_with("aws.greengrass.") {
        [public, own]
    } else {
        [own, public]
    };
    for (component_arn, is_own) in order {
        pacing.wait(progress.cancel()).await?;
        let version_arn = arn::version(&component_arn, &component.version);
        match session.clients.describe_component(&version_arn).await {
            Ok(detail) => return Ok(Standing::There(Box::new(detail), is_own)),
            Err(error) if error.kind == Kind::NotFound => {}
            Err(error) => return Ok(Standing::Unknown(error)),
        }
    }
    Ok(Standing::Missing)
}

fn deployable(standings: &[(&PlannedComponent, Standing)], all: usize) -> Check {
    let (mut wrong, mut old, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for (component, standing) in standings {
        let named = format!("{} {}", component.name, component.version);
        match standing {
            Standing::There(detail, _) if detail.state.is_deployable() => {}
            Standing::There(detail, _) => {
                let words = explain::words(&detail.state).join(" ");
                let told = format!("{named} is {}. {words}", detail.state.word);
                // Whether a version that is not recommended any more still comes to devices is not documented.
                if detail.state.word == "DEPRECATED" {
                    old.push(told);
                } else {
                    wrong.push(told);
                }
            }
            Standing::Missing => wrong.push(format!("There is no {named} in this Region.")),
            Standing::Unknown(error) => {
                unknown.push(format!("{named} could not be looked at. {error}"));
            }
        }
    }
    let (state, detail) = if !wrong.is_empty() {
        let mend = "Publish it, wait until it is deployable, or choose another version.";
        (CheckState::Fail, format!("{} {mend}", some(&wrong)))
    } else if !old.is_empty() {
        (CheckState::Warn, some(&old))
    } else if !unknown.is_empty() {
        (CheckState::NotChecked, some(&unknown))
    } else if all > standings.len() {
        let detail = format!(
            "Looked at {} of {all}: all of these are deployable.",
            standings.len()
        );
        (CheckState::NotChecked, detail)
    } else {
        let detail = format!(
            "{} different versions, all of them deployable.",
            grouped(all)
        );
        (CheckState::Pass, detail)
    };
    let title = "Each component version is there and can be deployed";
    Check::new("components", title, state, detail).step("components")
}

/// Counts devices whose platform no manifest of a component is for, as far as devices have said their platforms.
fn platforms(
    whole: &Whole,
    machines: &Machines,
    standings: &[(&PlannedComponent, Standing)],
) -> Check {
    let check = |state, detail| {
        let title = "The components suit the devices' platforms";
        Check::new("platforms", title, state, detail).step("components")
    };
    let mut misfits: BTreeMap<usize, (u32, String)> = BTreeMap::new();
    let (mut silent, mut fits) = (0_u32, BTreeMap::<(usize, &Machine), bool>::new());
    for target in &whole.targets {
        let Some(machine) = machines.of(&target.thing) else {
            silent += 1;
            continue;
        };
        for place in whole.contents.of_document(target.document) {
            let at = usize::try_from(*place).unwrap_or(usize::MAX);
            let Some((_, Standing::There(detail, _))) = standings.get(at) else {
                continue;
            };
            let fits = *fits
                .entry((at, machine))
                .or_insert_with(|| is_for(&detail.platforms, machine));
            if !fits {
                let example = || format!("{} ({machine})", target.thing);
                misfits.entry(at).or_insert_with(|| (0, example())).0 += 1;
            }
        }
    }
    if !misfits.is_empty() {
        let words: Vec<String> = misfits
            .into_iter()
            .filter_map(|(at, (count, example))| {
                let (component, _) = standings.get(at)?;
                Some(format!(
                    "{} {} is not for the platform of {} of the devices, such as {example}.",
                    component.name,
                    component.version,
                    grouped(count)
                ))
            })
            .collect();
        let mend = "There the deployment fails as a whole. Leave the component off these devices.";
        return check(CheckState::Fail, format!("{} {mend}", some(&words)));
    }
    if silent > 0 {
        let detail = format!(
            "{} have not said what platform they have.",
            counted(silent, "device")
        );
        return check(CheckState::NotChecked, detail);
    }
    check(
        CheckState::Pass,
        "Each has a manifest for each device that gets it.".to_owned(),
    )
}

/// Whether one of the platforms is the machine's (recipe reference: "Platform"). What is not understood may be.
fn is_for(platforms: &[Platform], machine: &Machine) -> bool {
    let says = |platform: &Platform, name: &str, value: &str| {
        platform.attributes.get(name).is_none_or(|wanted| {
            let wanted = wanted.trim();
            match wanted
                .strip_prefix('/')
                .and_then(|rest| rest.strip_suffix('/'))
            {
                // A regular expression; most are lists of words.
                Some(pattern)
                    if pattern
                        .chars()
                        .all(|c| c.is_alphanumeric() || "|_-".contains(c)) =>
                {
                    pattern.split('|').any(|word| word == value)
                }
                Some(_) => true,
                None => matches!(wanted, "*" | "all") || wanted.eq_ignore_ascii_case(value),
            }
        })
    };
    platforms.is_empty()
        || platforms.iter().any(|platform| {
            says(platform, "os", &machine.platform)
                && says(platform, "architecture", &machine.architecture)
        })
}

/// The secrets of a component's default configuration, or of that with what is merged into it.
fn of_configurations(recipe: &Recipe, merges: &BTreeSet<String>) -> Vec<NeededSecret> {
    if merges.is_empty() {
        return secrets(&Configured::by_default(recipe));
    }
    merges
        .iter()
        .filter_map(|merge| serde_json::from_str(merge).ok())
        .flat_map(|merge| secrets(&Configured::with_merge(recipe, &merge)))
        .collect()
}

/// The first of some sentences, and how many more there are.
pub(super) fn some(sentences: &[String]) -> String {
    let more = sentences.len().saturating_sub(NAMED);
    let mut text: Vec<String> = sentences.iter().take(NAMED).cloned().collect();
    if more > 0 {
        text.push(format!("{more} more."));
    }
    text.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform(attributes: &[(&str, &str)]) -> Platform {
        Platform {
            name: None,
            attributes: attributes
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        }
    }

    #[test]
    fn a_manifest_is_for_a_machine_by_words_lists_and_stars() {
        let machine = Machine {
            platform: "linux".to_owned(),
            architecture: "aarch64".to_owned(),
        };
        let fits = |attributes: &[(&str, &str)]| is_for(&[platform(attributes)], &machine);
        assert!(fits(&[]));
        assert!(fits(&[("os", "linux"), ("runtime", "*")]));
        assert!(fits(&[("os", "*"), ("architecture", "all")]));
        assert!(fits(&[("architecture", "/amd64|aarch64/")]));
        assert!(fits(&[("architecture", "/a.*/")]), "may be");
        assert!(!fits(&[("architecture", "/amd64|arm/")]));
        assert!(!fits(&[("os", "windows")]));
        assert!(!fits(&[("os", "linux"), ("architecture", "amd64")]));
        let several = [platform(&[("os", "windows")]), platform(&[("os", "linux")])];
        assert!(is_for(&several, &machine));
        assert!(is_for(&[], &machine));
    }
}
