//! From method and path to an operation of Greengrass V2.

use http::Method;

/// An operation with what its path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route<'a> {
    ListCoreDevices,
    GetCoreDevice(&'a str),
    DeleteCoreDevice(&'a str),
    ListInstalledComponents(&'a str),
    ListEffectiveDeployments(&'a str),
    ListComponents,
    ListComponentVersions(&'a str),
    DescribeComponent(&'a str),
    GetComponent(&'a str),
    GetComponentVersionArtifact(&'a str, &'a str),
    CreateComponentVersion,
    DeleteComponent(&'a str),
    CreateDeployment,
    GetDeployment(&'a str),
    ListDeployments,
    CancelDeployment(&'a str),
    DeleteDeployment(&'a str),
    TagResource(&'a str),
    UntagResource(&'a str),
    ListTagsForResource(&'a str),
}

/// Whether a path of the signing name `greengrass` is one of V2: its own paths, and the tags of its ARNs, which have a
/// colon where V1's have `/greengrass/`.
#[must_use]
pub fn is_of_v2(path: &str) -> bool {
    match path.strip_prefix("/tags/") {
        Some(arn) => !arn.contains(":/greengrass/"),
        None => path.starts_with("/greengrass/v2/"),
    }
}

/// The operation's name in the service model; `None` for what there is not.
#[must_use]
pub fn operation(method: &Method, path: &str) -> Option<&'static str> {
    find(method, path).map(Route::operation)
}

pub(crate) fn find<'a>(method: &Method, path: &'a str) -> Option<Route<'a>> {
    if let Some(arn) = path.strip_prefix("/tags/") {
        return match method.as_str() {
            "POST" => Some(Route::TagResource(arn)),
            "DELETE" => Some(Route::UntagResource(arn)),
            "GET" => Some(Route::ListTagsForResource(arn)),
            _ => None,
        };
    }
    let rest = path.strip_prefix("/greengrass/v2/")?;
    let (first, below) = rest.split_once('/').unwrap_or((rest, ""));
    match (method.as_str(), first, below) {
        ("POST", "createComponentVersion", "") => Some(Route::CreateComponentVersion),
        ("GET", "components", "") => Some(Route::ListComponents),
        (_, "components", below) => component(method, below),
        ("GET", "coreDevices", "") => Some(Route::ListCoreDevices),
        (_, "coreDevices", below) => core(method, below),
        ("GET", "deployments", "") => Some(Route::ListDeployments),
        ("POST", "deployments", "") => Some(Route::CreateDeployment),
        (_, "deployments", below) => {
            match (
                method.as_str(),
                below.split_once('/').unwrap_or((below, "")),
            ) {
                ("GET", (id, "")) => Some(Route::GetDeployment(id)),
                ("DELETE", (id, "")) => Some(Route::DeleteDeployment(id)),
                ("POST", (id, "cancel")) => Some(Route::CancelDeployment(id)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn component<'a>(method: &Method, below: &'a str) -> Option<Route<'a>> {
    let (arn, rest) = below.split_once('/').unwrap_or((below, ""));
    match (method.as_str(), rest) {
        ("GET", "") => Some(Route::GetComponent(arn)),
        ("DELETE", "") => Some(Route::DeleteComponent(arn)),
        ("GET", "metadata") => Some(Route::DescribeComponent(arn)),
        ("GET", "versions") => Some(Route::ListComponentVersions(arn)),
        ("GET", rest) => {
            let name = rest.strip_prefix("artifacts/")?;
            Some(Route::GetComponentVersionArtifact(arn, name))
        }
        _ => None,
    }
}

fn core<'a>(method: &Method, below: &'a str) -> Option<Route<'a>> {
    let (name, rest) = below.split_once('/').unwrap_or((below, ""));
    match (method.as_str(), rest) {
        ("GET", "") => Some(Route::GetCoreDevice(name)),
        ("DELETE", "") => Some(Route::DeleteCoreDevice(name)),
        ("GET", "installedComponents") => Some(Route::ListInstalledComponents(name)),
        ("GET", "effectiveDeployments") => Some(Route::ListEffectiveDeployments(name)),
        _ => None,
    }
}

impl Route<'_> {
    /// The name in the service model, which is also the IAM action after `greengrass:`.
    pub(crate) fn operation(self) -> &'static str {
        match self {
            Self::ListCoreDevices => "ListCoreDevices",
            Self::GetCoreDevice(_) => "GetCoreDevice",
            Self::DeleteCoreDevice(_) => "DeleteCoreDevice",
            Self::ListInstalledComponents(_) => "ListInstalledComponents",
            Self::ListEffectiveDeployments(_) => "ListEffectiveDeployments",
            Self::ListComponents => "ListComponents",
            Self::ListComponentVersions(_) => "ListComponentVersions",
            Self::DescribeComponent(_) => "DescribeComponent",
            Self::GetComponent(_) => "GetComponent",
            Self::GetComponentVersionArtifact(..) => "GetComponentVersionArtifact",
            Self::CreateComponentVersion => "CreateComponentVersion",
            Self::DeleteComponent(_) => "DeleteComponent",
            Self::CreateDeployment => "CreateDeployment",
            Self::GetDeployment(_) => "GetDeployment",
            Self::ListDeployments => "ListDeployments",
            Self::CancelDeployment(_) => "CancelDeployment",
            Self::DeleteDeployment(_) => "DeleteDeployment",
            Self::TagResource(_) => "TagResource",
            Self::UntagResource(_) => "UntagResource",
            Self::ListTagsForResource(_) => "ListTagsForResource",
        }
    }
}
