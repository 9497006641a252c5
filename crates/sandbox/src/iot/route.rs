//! From method and path to an operation of IoT.

use http::Method;

/// An operation with what its path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route<'a> {
    ListThings,
    DescribeThing(&'a str),
    CreateThing(&'a str),
    ListThingGroups,
    DescribeThingGroup(&'a str),
    CreateThingGroup(&'a str),
    DeleteThingGroup(&'a str),
    AddThingToThingGroup,
    RemoveThingFromThingGroup,
    ListThingsInThingGroup(&'a str),
    ListThingGroupsForThing(&'a str),
    DescribeJob(&'a str),
    CancelJob(&'a str),
    ListJobExecutionsForJob(&'a str),
    DescribeJobExecution(&'a str, &'a str),
}

/// The operation's name in the service model; `None` for what there is not.
#[must_use]
pub fn operation(method: &Method, path: &str) -> Option<&'static str> {
    find(method, path).map(Route::operation)
}

pub(crate) fn find<'a>(method: &Method, path: &'a str) -> Option<Route<'a>> {
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match (method.as_str(), segments.as_slice()) {
        ("GET", ["things"]) => Some(Route::ListThings),
        ("GET", ["things", name]) => Some(Route::DescribeThing(name)),
        ("POST", ["things", name]) => Some(Route::CreateThing(name)),
        ("GET", ["things", name, "thing-groups"]) => Some(Route::ListThingGroupsForThing(name)),
        ("GET", ["things", name, "jobs", id]) => Some(Route::DescribeJobExecution(name, id)),
        ("GET", ["thing-groups"]) => Some(Route::ListThingGroups),
        ("PUT", ["thing-groups", "addThingToThingGroup"]) => Some(Route::AddThingToThingGroup),
        ("PUT", ["thing-groups", "removeThingFromThingGroup"]) => {
            Some(Route::RemoveThingFromThingGroup)
        }
        ("GET", ["thing-groups", name]) => Some(Route::DescribeThingGroup(name)),
        ("POST", ["thing-groups", name]) => Some(Route::CreateThingGroup(name)),
        ("DELETE", ["thing-groups", name]) => Some(Route::DeleteThingGroup(name)),
        ("GET", ["thing-groups", name, "things"]) => Some(Route::ListThingsInThingGroup(name)),
        ("GET", ["jobs", id]) => Some(Route::DescribeJob(id)),
        ("PUT", ["jobs", id, "cancel"]) => Some(Route::CancelJob(id)),
        ("GET", ["jobs", id, "things"]) => Some(Route::ListJobExecutionsForJob(id)),
        _ => None,
    }
}

impl Route<'_> {
    /// The name in the service model, which is also the IAM action after `iot:`.
    pub(crate) fn operation(self) -> &'static str {
        match self {
            Self::ListThings => "ListThings",
            Self::DescribeThing(_) => "DescribeThing",
            Self::CreateThing(_) => "CreateThing",
            Self::ListThingGroups => "ListThingGroups",
            Self::DescribeThingGroup(_) => "DescribeThingGroup",
            Self::CreateThingGroup(_) => "CreateThingGroup",
            Self::DeleteThingGroup(_) => "DeleteThingGroup",
            Self::AddThingToThingGroup => "AddThingToThingGroup",
            Self::RemoveThingFromThingGroup => "RemoveThingFromThingGroup",
            Self::ListThingsInThingGroup(_) => "ListThingsInThingGroup",
            Self::ListThingGroupsForThing(_) => "ListThingGroupsForThing",
            Self::DescribeJob(_) => "DescribeJob",
            Self::CancelJob(_) => "CancelJob",
            Self::ListJobExecutionsForJob(_) => "ListJobExecutionsForJob",
            Self::DescribeJobExecution(..) => "DescribeJobExecution",
        }
    }
}
