//! What the components of a plan need of the devices' role, by their recipes.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use overseed_aws::{Kind, cancellable, v2::RecipeFormat};
use overseed_domain::{
    permissions::Place,
    v2::{
        recipe::{Configured, Recipe},
        roles::{Grant, Reach, Wishes, artifact_grants, configuration_grants},
    },
};

use super::needs::DeviceNeeds;
use crate::{Error, Session, job::Progress};

/// Recipes asked for at once: the calls of the control plane have about 30 a second together (facts).
const AT_ONCE: usize = 4;

/// Components of AWS begin so.
const OF_AWS: &str = "aws.greengrass.";

/// Recipes that were read, by the ARNs of their versions, each of which has one for good.
#[derive(Debug, Default)]
pub(crate) struct Recipes(Mutex<HashMap<String, Arc<Recipe>>>);

impl Recipes {
    pub(crate) fn of(&self, arn: &str) -> Option<Arc<Recipe>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(arn).cloned()
    }

    pub(crate) fn keep(&self, arn: &str, recipe: &Arc<Recipe>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(arn.to_owned(), Arc::clone(recipe));
    }
}

/// A component version of a plan.
#[derive(Debug, Clone)]
pub(super) struct Used {
    pub(super) name: String,
    pub(super) version: String,
    /// The different merges that targets get.
    pub(super) merges: Vec<Option<String>>,
}

/// Reads the recipes, and works out what they need. Recipes that cannot be read are told.
pub(super) async fn needed(
    session: &Session,
    place: &Place,
    role: String,
    used: Vec<Used>,
    wishes: Wishes,
    (known, progress): (&Recipes, &Progress),
) -> Result<(DeviceNeeds, Vec<String>), Error> {
    progress.stage("Reading recipes", u64::try_from(used.len()).ok());
    let mut reading = stream::iter(used)
        .map(|one| async move {
            let recipe = recipe(session, place, &one, known, progress).await?;
            Ok::<_, Error>((one, recipe))
        })
        .buffered(AT_ONCE);
    let mut recipes = Vec::new();
    while let Some(read) = reading.try_next().await? {
        recipes.push(read);
        progress.done(recipes.len() as u64);
    }
    let (place, progress) = (place.clone(), progress.clone());
    tokio::task::spawn_blocking(move || work_out(&place, role, &recipes, wishes, &progress)).await?
}

fn work_out(
    place: &Place,
    role: String,
    recipes: &[(Used, Result<Arc<Recipe>, String>)],
    wishes: Wishes,
    progress: &Progress,
) -> Result<(DeviceNeeds, Vec<String>), Error> {
    let mut unread = Vec::new();
    let mut warnings = Vec::new();
    let mut read = Vec::new();
    for (one, recipe) in recipes {
        match recipe {
            Ok(recipe) => read.push((one, recipe)),
            Err(reason) => unread.push(format!("{} {}: {reason}", one.name, one.version)),
        }
    }
    let known: BTreeSet<&str> = recipes.iter().map(|(one, _)| one.name.as_str()).collect();
    for (one, recipe) in &read {
        for other in &recipe.component().dependencies {
            if !known.contains(other.name.as_str()) && !other.name.starts_with(OF_AWS) {
                warnings.push(format!(
                    "{} depends on {}, which the plan does not name: AWS chooses its version, and what that needs of the \
                     role is not counted here. Name it in the plan to have it counted.",
                    one.name, other.name
                ));
            }
        }
    }
    // One configuration at a time: each device may have its own, which is worth a look at each whether to go on.
    let configured = read.iter().flat_map(|(one, recipe)| {
        one.merges.iter().map(|merge| {
            let merge = merge
                .as_deref()
                .and_then(|text| serde_json::from_str(text).ok());
            match merge {
                Some(merge) => Configured::with_merge(recipe, &merge),
                None => Configured::by_default(recipe),
            }
        })
    });
    let configured = configured.take_while(|_| !progress.cancel().is_cancelled());
    let configurations = configuration_grants(place, configured, &wishes);
    progress.check()?;
    let of = |reach: Reach| {
        let recipes = read.iter().map(|(_, recipe)| recipe.as_ref());
        let artifacts = artifact_grants(place, recipes, reach);
        ordered(artifacts.into_iter().chain(configurations.clone()))
    };
    let grants = of(wishes.reach);
    let wide = (wishes.reach == Reach::Artifacts).then(|| of(Reach::Versions));
    let needs = DeviceNeeds {
        role,
        wide: wide.filter(|wide| *wide != grants),
        grants,
        components: recipes.len(),
        unread,
    };
    Ok((needs, warnings))
}

/// In one order whatever components come first.
fn ordered(grants: impl Iterator<Item = Grant>) -> Vec<Grant> {
    let mut grants: Vec<Grant> = grants.collect();
    grants.sort_by(|a, b| a.sid.cmp(&b.sid));
    grants
}

/// The recipe of a component version of the account, or of AWS; or why it cannot be read.
async fn recipe(
    session: &Session,
    place: &Place,
    one: &Used,
    known: &Recipes,
    progress: &Progress,
) -> Result<Result<Arc<Recipe>, String>, Error> {
    let Place {
        partition,
        region,
        account,
    } = place;
    let arn = |whose: &str| {
        Arc::<str>::from(format!(
            "arn:{partition}:greengrass:{region}:{whose}:components:{}:versions:{}",
            one.name, one.version
        ))
    };
    let mut places = [arn(account), arn("aws")];
    if one.name.starts_with(OF_AWS) {
        places.reverse();
    }
    let mut why = None;
    if let Some(recipe) = places.iter().find_map(|arn| known.of(arn)) {
        return Ok(Ok(recipe));
    }
    for arn in places {
        let asked = session.clients.component_recipe(&arn, RecipeFormat::Json);
        match cancellable("greengrass:GetComponent", progress.cancel(), asked).await {
            Ok(bytes) => {
                let text = String::from_utf8_lossy(&bytes);
                return Ok(match Recipe::parse(&text) {
                    Ok(recipe) => {
                        let recipe = Arc::new(recipe);
                        known.keep(&arn, &recipe);
                        Ok(recipe)
                    }
                    Err(error) => Err(error.to_string()),
                });
            }
            Err(error) if error.kind == Kind::NotFound => {
                why.get_or_insert_with(|| error.to_string());
            }
            Err(error) => match error.kind {
                Kind::Cancelled => return Err(Error::Cancelled),
                Kind::AccessDenied | Kind::BadRequest | Kind::Unreadable => {
                    why = Some(error.to_string());
                }
                _ => return Err(error.into()),
            },
        }
    }
    Ok(Err(why.unwrap_or_else(|| "it was not found".to_owned())))
}
