//! Deployments of single groups: made by themselves, or by a bulk deployment.

use serde_json::{Map, Value, json};

use super::bulk::put_error;
use super::call::{Call, text};
use super::course::{Deployment, Stage};
use super::failures::Words;
use super::fleet::Cores;
use super::ids::Named;
use super::refusal::{Answer, Refusal};
use super::state::Single;
use super::timestamp;
use super::world::World;

const TYPES: [&str; 4] = [
    "NewDeployment",
    "Redeployment",
    "ResetDeployment",
    "ForceResetDeployment",
];

/// A deployment as it is at the time of asking.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) id: String,
    pub(super) group: u32,
    pub(super) kind: String,
    pub(super) created_ms: i64,
    /// When the stage began.
    updated_ms: i64,
    pub(super) stage: Stage,
    attempt: u8,
}

impl Seen {
    pub(super) fn arn(&self, world: &World) -> String {
        format!("{}/deployments/{}", world.group_arn(self.group), self.id)
    }
}

impl Call<'_> {
    /// A deployment at this call's instant. `times`: when it was made and when its course began.
    pub(super) fn see(
        &self,
        deployment: Deployment,
        id: String,
        times: (i64, i64),
        speed: f64,
    ) -> Seen {
        let (created_ms, begun_ms) = times;
        let course = self.world.fleet.course(deployment);
        #[expect(
            clippy::cast_precision_loss,
            reason = "milliseconds of years fit into 53 bits"
        )]
        let seconds = (self.now - begun_ms).max(0) as f64 / 1_000.0 * speed;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "hours at most; a cast saturates"
        )]
        let since = (course.stage_began_s(seconds) * 1_000.0 / speed) as i64;
        Seen {
            id,
            group: deployment.group,
            kind: "NewDeployment".to_owned(),
            created_ms,
            updated_ms: begun_ms.saturating_add(since),
            stage: course.at(seconds),
            attempt: deployment.attempt,
        }
    }

    fn see_single(&self, ordinal: u32, single: &Single) -> Seen {
        let id = self.world.ids.text(Named::Single { ordinal });
        let speed = self.world.settings.speed.max(f64::MIN_POSITIVE);
        let &Single {
            group,
            version,
            attempt,
            service_role,
            created_ms,
            ..
        } = single;
        let deployment = Deployment {
            group,
            version,
            attempt,
            service_role,
        };
        let seen = self.see(deployment, id, (created_ms, created_ms), speed);
        Seen {
            kind: single.kind.clone(),
            ..seen
        }
    }

    /// Message and detailed error code of a failed deployment.
    pub(super) fn failure_said(&self, seen: &Seen) -> Option<(String, String)> {
        let Stage::Failure(failure) = seen.stage else {
            return None;
        };
        let settings = &self.world.settings;
        let words = Words {
            deployment: &seen.id,
            group: &self.world.group_uuid(seen.group),
            name: &self.group_name(seen.group),
            region: &settings.region,
            account: &settings.account,
            drawn: super::draw::draw(&[
                settings.seed,
                u64::from(seen.group),
                u64::from(seen.attempt),
            ]),
        };
        Some(failure.said(&words))
    }

    pub(super) fn create_deployment(&mut self, id: &str) -> Answer {
        let group = self.group(id)?;
        let body = self.body()?;
        let kind = text(&body, "DeploymentType")?;
        if !TYPES.contains(&kind) {
            let types = TYPES.join(",");
            return Err(Refusal::bad_request(format!(
                "That deployment type is not valid.  Please specify one of the following types: {{{types}}}."
            )));
        }
        if kind == "Redeployment" {
            let earlier = text(&body, "DeploymentId")?;
            self.deployment(group, earlier)?;
        }
        let version = match body.get("GroupVersionId") {
            None | Some(Value::Null) => self.latest_version(group),
            Some(_) => self.group_version(group, text(&body, "GroupVersionId")?)?,
        };
        match self.cores(group, version) {
            Cores::One => {}
            Cores::None => {
                let message = "You need a Greengrass Core in this Group before you can deploy.";
                return Err(Refusal::bad_request(message).with_detail("GG-303", message));
            }
            Cores::Two => {
                let message = "A group version has exactly one Greengrass core";
                let said =
                    format!("The group is invalid or corrupted. (ErrorDetails: [{message}])");
                return Err(Refusal::bad_request(said).with_detail("GG-400", message));
            }
        }
        Ok(self.make_single(group, version, kind.to_owned()))
    }

    pub(super) fn reset_deployments(&mut self, id: &str) -> Answer {
        let group = self.group(id)?;
        let force = self
            .body()?
            .get("Force")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        let kind = if force {
            "ForceResetDeployment"
        } else {
            "ResetDeployment"
        };
        Ok(self.make_single(group, 0, kind.to_owned()))
    }

    fn make_single(&mut self, group: u32, version: u32, kind: String) -> Value {
        let attempt = self.count_attempt(group);
        let service_role = self.service_role().is_some();
        let ordinal = u32::try_from(self.state.singles.len()).unwrap_or(u32::MAX);
        let created_ms = self.now;
        self.state.singles.push(Single {
            group,
            version,
            kind,
            created_ms,
            attempt,
            service_role,
        });
        let id = self.world.ids.text(Named::Single { ordinal });
        let arn = format!("{}/deployments/{id}", self.world.group_arn(group));
        json!({ "DeploymentArn": arn, "DeploymentId": id })
    }

    /// A deployment of the group, by its id.
    fn deployment(&self, group: u32, id: &str) -> Result<Seen, Refusal> {
        let seen = match self.world.ids.read(self.world.bare(id)) {
            Some(Named::Single { ordinal }) => usize::try_from(ordinal)
                .ok()
                .and_then(|place| self.state.singles.get(place))
                .map(|single| self.see_single(ordinal, single)),
            Some(Named::BulkRecord { bulk, record }) => usize::try_from(bulk)
                .ok()
                .and_then(|place| self.state.bulks.get(place))
                .and_then(|bulk| self.see_record(bulk, record)),
            _ => None,
        };
        seen.filter(|seen| seen.group == group)
            .ok_or_else(|| Refusal::bad_request(format!("Deployment ID '{id}' is invalid.")))
    }

    pub(super) fn get_deployment_status(&self, id: &str, deployment_id: &str) -> Answer {
        let group = self.group(id)?;
        let seen = self.deployment(group, deployment_id)?;
        let mut answer = Map::new();
        answer.insert("DeploymentStatus".to_owned(), seen.stage.status().into());
        answer.insert("DeploymentType".to_owned(), seen.kind.clone().into());
        answer.insert(
            "UpdatedAt".to_owned(),
            timestamp::text(seen.updated_ms).into(),
        );
        if let Some((message, code)) = self.failure_said(&seen) {
            put_error(&mut answer, &message, &code);
        }
        Ok(Value::Object(answer))
    }

    pub(super) fn list_deployments(&self, id: &str) -> Answer {
        let group = self.group(id)?;
        let page = self.page()?;
        let singles = (0_u32..)
            .zip(&self.state.singles)
            .filter(|(_, single)| single.group == group);
        let mut all: Vec<Seen> = singles
            .map(|(ordinal, single)| self.see_single(ordinal, single))
            .collect();
        all.reverse();
        all.extend(self.bulk_deployments_of(group));
        // Newest first; a stable sort keeps those of one instant in the order in which they were made.
        all.sort_by_key(|seen| std::cmp::Reverse(seen.created_ms));
        let count = all.len();
        let end = page
            .from
            .map_or(count, |from| usize::try_from(from).unwrap_or(0).min(count));
        let shown = all.iter().skip(count - end).take(page.size).map(|seen| {
            json!({
                "CreatedAt": timestamp::text(seen.created_ms),
                "DeploymentArn": seen.arn(self.world),
                "DeploymentId": seen.id,
                "DeploymentType": seen.kind,
                "GroupArn": self.world.group_arn(group),
            })
        });
        let next = u64::try_from(end.saturating_sub(page.size))
            .ok()
            .filter(|next| *next > 0);
        Ok(self.listed("Deployments", shown.collect(), next))
    }
}
