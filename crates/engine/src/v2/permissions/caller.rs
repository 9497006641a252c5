//! May I? Each call that the wizard will make for core devices.

use overseed_domain::v2::roles::STEP_FUNCTIONS;

use super::{DevicePermissions, JudgedRole, RoleNeeds, RolesNeeded};
use crate::{
    Error, Session,
    permissions::{
        Requirement, RequirementState,
        caller::{Caller, Question, What, of_calls},
        needs::place,
    },
    v2::plan::Way,
};

/// Actions that know no resource (service authorization reference of AWS IoT Greengrass V2).
const PLAIN: [&str; 3] = [
    "greengrass:ListCoreDevices",
    "greengrass:ListDeployments",
    "greengrass:CreateDeployment",
];

/// What CreateDeployment does in the caller's name to one thing's shadow (the same: "dependent actions").
const ON_THINGS: [&str; 4] = [
    "iot:DescribeThing",
    "iot:GetThingShadow",
    "iot:UpdateThingShadow",
    "iot:DeleteThingShadow",
];

/// Asks for the caller of a session.
pub(super) async fn ask(
    session: &Session,
    needs: &RolesNeeded,
    judged: &[JudgedRole],
) -> Result<Caller, Error> {
    Caller::asked(session, questions(session, needs, judged)).await
}

/// Puts the answers into what the face sees.
pub(super) fn said(caller: Caller, needs: &RolesNeeded, permissions: &mut DevicePermissions) {
    let requirement =
        |id: &str, title: &str, (now, detail): (RequirementState, String)| Requirement {
            id: id.into(),
            title: title.into(),
            now,
            detail,
            change: None,
        };
    let start = "You may make, watch and cancel deployments";
    permissions.caller = vec![requirement("start", start, caller.start)];
    if needs.engine.is_some() {
        let pass = "You may pass the state machine's role to Step Functions";
        permissions
            .caller
            .push(requirement("pass", pass, caller.pass));
    }
    permissions.calls = caller.calls;
}

fn questions(session: &Session, needs: &RolesNeeded, judged: &[JudgedRole]) -> Vec<Question> {
    let place = place(session);
    let here = |service: &str, resource: &str| {
        format!(
            "arn:{}:{service}:{}:{}:{resource}",
            place.partition, place.region, place.account
        )
    };
    let start =
        |actions: &[&'static str], resource: &str| Question::new(What::Start, actions, resource);
    let (jobs, things) = (here("iot", "job/*"), here("iot", "thing/*"));
    let mut questions = vec![
        start(&PLAIN, "*"),
        start(
            &["greengrass:GetDeployment", "greengrass:CancelDeployment"],
            &here("greengrass", "deployments:*"),
        ),
        start(
            &[
                "greengrass:GetCoreDevice",
                "greengrass:ListEffectiveDeployments",
            ],
            &here("greengrass", "coreDevices:*"),
        ),
        start(&["iot:CancelJob"], &jobs),
        Question::new(
            What::Other,
            &["greengrass:GetComponent"],
            &here("greengrass", "components:*:versions:*"),
        ),
    ];
    match needs.way {
        Way::Direct => questions.extend([
            start(&["iot:CreateJob", "iot:DescribeJob"], &jobs),
            start(&ON_THINGS, &things),
        ]),
        Way::ThingGroup => {
            let groups = here("iot", "thinggroup/overseed-*");
            questions.extend([
                start(
                    &[
                        "iot:CreateJob",
                        "iot:DescribeJob",
                        "iot:ListJobExecutionsForJob",
                    ],
                    &jobs,
                ),
                start(
                    &[
                        "iot:CreateThingGroup",
                        "iot:AddThingToThingGroup",
                        "iot:DescribeThingGroup",
                    ],
                    &groups,
                ),
                Question::new(
                    What::Other,
                    &["iot:RemoveThingFromThingGroup", "iot:DeleteThingGroup"],
                    &groups,
                ),
            ]);
        }
        Way::StepFunctions => {}
    }
    for role in judged {
        let arn = role.permissions.role_arn.as_str();
        if let RoleNeeds::Engine(engine) = &role.needs {
            let objects = engine.objects.arn(place.partition, &engine.bucket);
            questions.extend([
                Question::new(What::Pass, &["iam:PassRole"], arn)
                    .with("iam:PassedToService", STEP_FUNCTIONS),
                start(
                    &[
                        "states:CreateStateMachine",
                        "states:UpdateStateMachine",
                        "states:DescribeStateMachine",
                        "states:StartExecution",
                    ],
                    &here("states", "stateMachine:overseed-*"),
                ),
                start(
                    &[
                        "states:DescribeExecution",
                        "states:StopExecution",
                        "states:ListMapRuns",
                    ],
                    &here("states", "execution:overseed-*:*"),
                ),
                start(
                    &["states:DescribeMapRun", "states:UpdateMapRun"],
                    &here("states", "mapRun:overseed-*/*:*"),
                ),
                Question::new(What::Other, &["s3:PutObject", "s3:GetObject"], &objects),
            ]);
        }
        of_calls(&mut questions, &place, (arn, ""), &role.calls);
    }
    questions
}
