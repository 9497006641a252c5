//! From method and path to an operation.

use http::Method;

use super::kinds::Kind;

/// An operation with what its path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Route<'a> {
    /// A list or a creation in `/greengrass/groups` and the like: what is in the names.
    CreateGroup,
    ListGroups,
    GetGroup(&'a str),
    UpdateGroup(&'a str),
    DeleteGroup(&'a str),
    CreateGroupVersion(&'a str),
    ListGroupVersions(&'a str),
    GetGroupVersion(&'a str, &'a str),
    AssociateRole(&'a str),
    GetRole(&'a str),
    DisassociateRole(&'a str),
    AssociateServiceRole,
    GetServiceRole,
    DisassociateServiceRole,
    CreateDeployment(&'a str),
    ListDeployments(&'a str),
    GetDeploymentStatus(&'a str, &'a str),
    ResetDeployments(&'a str),
    StartBulk,
    ListBulks,
    BulkStatus(&'a str),
    BulkReports(&'a str),
    StopBulk(&'a str),
    CreateDefinition(Kind),
    ListDefinitions(Kind),
    GetDefinition(Kind, &'a str),
    UpdateDefinition(Kind, &'a str),
    DeleteDefinition(Kind, &'a str),
    CreateDefinitionVersion(Kind, &'a str),
    ListDefinitionVersions(Kind, &'a str),
    GetDefinitionVersion(Kind, &'a str, &'a str),
    TagResource(&'a str),
    UntagResource(&'a str),
    ListTags(&'a str),
}

/// The operation's name in the service model, such as `StartBulkDeployment`, for a decoded path.
/// `None` for what Greengrass V1 does not have.
#[must_use]
pub fn operation(method: &Method, path: &str) -> Option<String> {
    find(method, path).map(|route| route.operation())
}

pub(super) fn find<'a>(method: &Method, path: &'a str) -> Option<Route<'a>> {
    if let Some(arn) = path.strip_prefix("/tags/") {
        return match method.as_str() {
            "POST" => Some(Route::TagResource(arn)),
            "DELETE" => Some(Route::UntagResource(arn)),
            "GET" => Some(Route::ListTags(arn)),
            _ => None,
        };
    }
    let rest = path.strip_prefix("/greengrass/")?;
    let segments: Vec<&str> = rest.split('/').collect();
    match segments.as_slice() {
        ["groups", below @ ..] => groups(method, below),
        ["servicerole"] => match method.as_str() {
            "PUT" => Some(Route::AssociateServiceRole),
            "GET" => Some(Route::GetServiceRole),
            "DELETE" => Some(Route::DisassociateServiceRole),
            _ => None,
        },
        ["bulk", "deployments", below @ ..] => bulk(method, below),
        ["definition", kind, below @ ..] => definitions(method, Kind::from_path(kind)?, below),
        _ => None,
    }
}

fn groups<'a>(method: &Method, below: &[&'a str]) -> Option<Route<'a>> {
    match (method.as_str(), below) {
        ("POST", []) => Some(Route::CreateGroup),
        ("GET", []) => Some(Route::ListGroups),
        ("GET", [id]) => Some(Route::GetGroup(id)),
        ("PUT", [id]) => Some(Route::UpdateGroup(id)),
        ("DELETE", [id]) => Some(Route::DeleteGroup(id)),
        ("POST", [id, "versions"]) => Some(Route::CreateGroupVersion(id)),
        ("GET", [id, "versions"]) => Some(Route::ListGroupVersions(id)),
        ("GET", [id, "versions", version]) => Some(Route::GetGroupVersion(id, version)),
        ("PUT", [id, "role"]) => Some(Route::AssociateRole(id)),
        ("GET", [id, "role"]) => Some(Route::GetRole(id)),
        ("DELETE", [id, "role"]) => Some(Route::DisassociateRole(id)),
        ("POST", [id, "deployments"]) => Some(Route::CreateDeployment(id)),
        ("GET", [id, "deployments"]) => Some(Route::ListDeployments(id)),
        ("POST", [id, "deployments", "$reset"]) => Some(Route::ResetDeployments(id)),
        ("GET", [id, "deployments", deployment, "status"]) => {
            Some(Route::GetDeploymentStatus(id, deployment))
        }
        _ => None,
    }
}

fn bulk<'a>(method: &Method, below: &[&'a str]) -> Option<Route<'a>> {
    match (method.as_str(), below) {
        ("POST", []) => Some(Route::StartBulk),
        ("GET", []) => Some(Route::ListBulks),
        ("GET", [id, "status"]) => Some(Route::BulkStatus(id)),
        ("GET", [id, "detailed-reports"]) => Some(Route::BulkReports(id)),
        ("PUT", [id, "$stop"]) => Some(Route::StopBulk(id)),
        _ => None,
    }
}

fn definitions<'a>(method: &Method, kind: Kind, below: &[&'a str]) -> Option<Route<'a>> {
    match (method.as_str(), below) {
        ("POST", []) => Some(Route::CreateDefinition(kind)),
        ("GET", []) => Some(Route::ListDefinitions(kind)),
        ("GET", [id]) => Some(Route::GetDefinition(kind, id)),
        ("PUT", [id]) => Some(Route::UpdateDefinition(kind, id)),
        ("DELETE", [id]) => Some(Route::DeleteDefinition(kind, id)),
        ("POST", [id, "versions"]) => Some(Route::CreateDefinitionVersion(kind, id)),
        ("GET", [id, "versions"]) => Some(Route::ListDefinitionVersions(kind, id)),
        ("GET", [id, "versions", version]) => Some(Route::GetDefinitionVersion(kind, id, version)),
        _ => None,
    }
}

impl Route<'_> {
    /// The name in the service model, which is also the IAM action after `greengrass:`.
    pub(super) fn operation(&self) -> String {
        let fixed = match self {
            Self::CreateGroup => "CreateGroup",
            Self::ListGroups => "ListGroups",
            Self::GetGroup(_) => "GetGroup",
            Self::UpdateGroup(_) => "UpdateGroup",
            Self::DeleteGroup(_) => "DeleteGroup",
            Self::CreateGroupVersion(_) => "CreateGroupVersion",
            Self::ListGroupVersions(_) => "ListGroupVersions",
            Self::GetGroupVersion(..) => "GetGroupVersion",
            Self::AssociateRole(_) => "AssociateRoleToGroup",
            Self::GetRole(_) => "GetAssociatedRole",
            Self::DisassociateRole(_) => "DisassociateRoleFromGroup",
            Self::AssociateServiceRole => "AssociateServiceRoleToAccount",
            Self::GetServiceRole => "GetServiceRoleForAccount",
            Self::DisassociateServiceRole => "DisassociateServiceRoleFromAccount",
            Self::CreateDeployment(_) => "CreateDeployment",
            Self::ListDeployments(_) => "ListDeployments",
            Self::GetDeploymentStatus(..) => "GetDeploymentStatus",
            Self::ResetDeployments(_) => "ResetDeployments",
            Self::StartBulk => "StartBulkDeployment",
            Self::ListBulks => "ListBulkDeployments",
            Self::BulkStatus(_) => "GetBulkDeploymentStatus",
            Self::BulkReports(_) => "ListBulkDeploymentDetailedReports",
            Self::StopBulk(_) => "StopBulkDeployment",
            Self::TagResource(_) => "TagResource",
            Self::UntagResource(_) => "UntagResource",
            Self::ListTags(_) => "ListTagsForResource",
            Self::CreateDefinition(kind) => return format!("Create{}Definition", kind.stem()),
            Self::ListDefinitions(kind) => return format!("List{}Definitions", kind.stem()),
            Self::GetDefinition(kind, _) => return format!("Get{}Definition", kind.stem()),
            Self::UpdateDefinition(kind, _) => return format!("Update{}Definition", kind.stem()),
            Self::DeleteDefinition(kind, _) => return format!("Delete{}Definition", kind.stem()),
            Self::CreateDefinitionVersion(kind, _) => {
                return format!("Create{}DefinitionVersion", kind.stem());
            }
            Self::ListDefinitionVersions(kind, _) => {
                return format!("List{}DefinitionVersions", kind.stem());
            }
            Self::GetDefinitionVersion(kind, ..) => {
                return format!("Get{}DefinitionVersion", kind.stem());
            }
        };
        fixed.to_owned()
    }

    /// The resource part of the ARN that IAM is asked about; `None` means `*`, for actions without resources.
    pub(super) fn resource(&self, group: impl Fn(&str) -> String) -> Option<String> {
        match self {
            Self::GetGroup(id)
            | Self::UpdateGroup(id)
            | Self::DeleteGroup(id)
            | Self::CreateGroupVersion(id)
            | Self::ListGroupVersions(id)
            | Self::AssociateRole(id)
            | Self::GetRole(id)
            | Self::DisassociateRole(id)
            | Self::CreateDeployment(id)
            | Self::ListDeployments(id)
            | Self::ResetDeployments(id) => Some(format!("groups/{}", group(id))),
            Self::GetGroupVersion(id, version) => {
                Some(format!("groups/{}/versions/{version}", group(id)))
            }
            Self::GetDeploymentStatus(id, deployment) => {
                Some(format!("groups/{}/deployments/{deployment}", group(id)))
            }
            Self::BulkStatus(id) | Self::BulkReports(id) | Self::StopBulk(id) => {
                Some(format!("bulk/deployments/{id}"))
            }
            Self::GetDefinition(kind, id)
            | Self::UpdateDefinition(kind, id)
            | Self::DeleteDefinition(kind, id)
            | Self::CreateDefinitionVersion(kind, id)
            | Self::ListDefinitionVersions(kind, id) => {
                Some(format!("definition/{}/{id}", kind.path()))
            }
            Self::GetDefinitionVersion(kind, id, version) => Some(format!(
                "definition/{}/{id}/versions/{version}",
                kind.path()
            )),
            _ => None,
        }
    }
}
