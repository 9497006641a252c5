//! IoT as far as Greengrass V2 stands on it: things, thing groups and the jobs of group deployments.

mod jobs;
mod route;
mod thing_groups;
mod things;

pub use self::route::operation;

use self::route::Route;
use crate::greengrassv2::call::Call;
use crate::greengrassv2::refusal::{Answer, Refusal};

/// Answers a request of IoT.
pub(crate) fn answer(call: &mut Call<'_>) -> Answer {
    let request = call.request;
    let route =
        route::find(&request.method, &request.path).ok_or_else(Refusal::unknown_operation)?;
    call.throttle(route.operation())?;
    match route {
        Route::ListThings => call.list_things(),
        Route::DescribeThing(name) => call.describe_thing(name),
        Route::CreateThing(name) => call.create_thing(name),
        Route::ListThingGroups => call.list_thing_groups(),
        Route::DescribeThingGroup(name) => call.describe_thing_group(name),
        Route::CreateThingGroup(name) => call.create_thing_group(name),
        Route::DeleteThingGroup(name) => call.delete_thing_group(name),
        Route::AddThingToThingGroup => call.add_thing_to_thing_group(),
        Route::RemoveThingFromThingGroup => call.remove_thing_from_thing_group(),
        Route::ListThingsInThingGroup(name) => call.list_things_in_thing_group(name),
        Route::ListThingGroupsForThing(name) => call.list_thing_groups_for_thing(name),
        Route::DescribeJob(id) => call.describe_job(id),
        Route::CancelJob(id) => call.cancel_job(id),
        Route::ListJobExecutionsForJob(id) => call.list_job_executions_for_job(id),
        Route::DescribeJobExecution(thing, id) => call.describe_job_execution(thing, id),
    }
}

/// A request that IoT does not take.
pub(crate) fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "InvalidRequestException", message)
}

/// What IoT says of names that it does not know.
pub(crate) fn not_found(message: impl Into<String>) -> Refusal {
    Refusal::new(404, "ResourceNotFoundException", message)
}
