//! Users and their access keys.

use super::model::{AccessKey, Grants, Iam, User, new_id, new_secret};
use super::{Answer, Call, Failure, paged, put_tags, result, tag_elements};
use crate::xml::{Element, timestamp};

impl Iam {
    /// The user named by the call, or the caller where no name is given.
    fn user_name<'a>(&self, call: &Call<'a>) -> Result<&'a str, Failure> {
        if call.params.get("UserName").is_some() {
            return call.params.name("UserName", 64);
        }
        // A session has no user; the real service says so in these words.
        if !call.caller.arn.contains(":user/") {
            return Err(Failure::validation(
                "Must specify userName when calling with non-User credentials".to_owned(),
            ));
        }
        Ok(call.caller.arn.rsplit('/').next().unwrap_or_default())
    }

    pub(super) fn user(&self, call: &Call<'_>) -> Result<&User, Failure> {
        let name = self.user_name(call)?;
        self.users.get(name).ok_or_else(|| no_user(name))
    }

    pub(super) fn user_mut(&mut self, call: &Call<'_>) -> Result<&mut User, Failure> {
        let name = self.user_name(call)?;
        self.users.get_mut(name).ok_or_else(|| no_user(name))
    }

    fn user_element(&self, user: &User) -> Element {
        let element = Element::new("User")
            .text("Path", &user.path)
            .text("UserName", &user.name)
            .text("UserId", &user.id)
            .text("Arn", self.user_arn(user))
            .text("CreateDate", timestamp(user.created_ms));
        if user.grants.tags.is_empty() {
            return element;
        }
        element.list("Tags", tag_elements(&user.grants.tags))
    }

    pub(super) fn create_user(&mut self, call: &Call<'_>) -> Answer {
        let name = call.params.name("UserName", 64)?;
        let path = call.params.path()?;
        let mut grants = Grants::default();
        put_tags(&mut grants.tags, call.params.tags()?)?;
        if self
            .users
            .keys()
            .any(|other| other.eq_ignore_ascii_case(name))
        {
            let message = format!("User with name {name} already exists.");
            return Err(Failure::new("EntityAlreadyExists", message));
        }
        let user = User {
            name: name.to_owned(),
            id: new_id("AIDA"),
            path: path.to_owned(),
            created_ms: call.now_ms,
            grants,
        };
        let answer = result().child(self.user_element(&user));
        self.users.insert(name.to_owned(), user);
        Ok(Some(answer))
    }

    pub(super) fn get_user(&self, call: &Call<'_>) -> Answer {
        Ok(Some(result().child(self.user_element(self.user(call)?))))
    }

    pub(super) fn list_users(&self, call: &Call<'_>) -> Answer {
        let prefix = call.params.get("PathPrefix").unwrap_or("/");
        let users = self
            .users
            .values()
            .filter(|user| user.path.starts_with(prefix))
            .collect();
        let (page, marker) = call.params.page(users)?;
        let members = page.into_iter().map(|user| self.user_element(user));
        Ok(Some(paged(result().list("Users", members), marker)))
    }

    pub(super) fn delete_user(&mut self, call: &Call<'_>) -> Answer {
        let user = self.user(call)?;
        let name = user.name.clone();
        let conflict = |text: &str| Failure::new("DeleteConflict", text.to_owned());
        if self.keys.values().any(|key| key.user == name) {
            return Err(conflict(
                "Cannot delete entity, must delete access keys first.",
            ));
        }
        if !user.grants.inline.is_empty() {
            return Err(conflict(
                "Cannot delete entity, must delete policies first.",
            ));
        }
        if !user.grants.attached.is_empty() {
            return Err(conflict(
                "Cannot delete entity, must detach all policies first.",
            ));
        }
        self.users.remove(&name);
        Ok(None)
    }

    pub(super) fn create_access_key(&mut self, call: &Call<'_>) -> Answer {
        let user = self.user(call)?.name.clone();
        // Two keys a user (IAM quotas).
        if self.keys.values().filter(|key| key.user == user).count() >= 2 {
            return Err(Failure::new(
                "LimitExceeded",
                "Cannot exceed quota for AccessKeysPerUser: 2".to_owned(),
            ));
        }
        let key = AccessKey {
            id: new_id("AKIA"),
            secret: new_secret(),
            user,
            created_ms: call.now_ms,
        };
        let element = key_element(&key, "AccessKey").text("SecretAccessKey", &key.secret);
        self.keys.insert(key.id.clone(), key);
        Ok(Some(result().child(element)))
    }

    pub(super) fn delete_access_key(&mut self, call: &Call<'_>) -> Answer {
        let user = self.user(call)?.name.clone();
        let id = call.params.need("AccessKeyId")?;
        if self.keys.get(id).is_none_or(|key| key.user != user) {
            let message = format!("The Access Key with id {id} cannot be found.");
            return Err(Failure::no_such(message));
        }
        self.keys.remove(id);
        Ok(None)
    }

    pub(super) fn list_access_keys(&self, call: &Call<'_>) -> Answer {
        let user = &self.user(call)?.name;
        let keys = self.keys.values().filter(|key| key.user == *user).collect();
        let (page, marker) = call.params.page(keys)?;
        let members = page.into_iter().map(|key| key_element(key, "member"));
        Ok(Some(paged(
            result().list("AccessKeyMetadata", members),
            marker,
        )))
    }
}

fn key_element(key: &AccessKey, name: &'static str) -> Element {
    Element::new(name)
        .text("UserName", &key.user)
        .text("AccessKeyId", &key.id)
        .text("Status", "Active")
        .text("CreateDate", timestamp(key.created_ms))
}

fn no_user(name: &str) -> Failure {
    Failure::no_such(format!("The user with name {name} cannot be found."))
}
