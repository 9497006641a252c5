//! What faces get of an error: a code, words, the service's words, and a remedy; never a panic.

use std::collections::BTreeMap;

use overseed_aws::Kind;
use overseed_engine::{
    Error, ErrorCode, Problem,
    job::{JobKind, JobState, Progress},
};

use super::World;

/// All kinds; the match makes the compiler ask for those to come.
fn kinds() -> Vec<Kind> {
    let mut kinds = vec![Kind::CredentialsMissing];
    while let Some(last) = kinds.last() {
        kinds.push(match last {
            Kind::CredentialsMissing => Kind::CredentialsExpired,
            Kind::CredentialsExpired => Kind::CredentialsInvalid,
            Kind::CredentialsInvalid => Kind::ProfileInvalid,
            Kind::ProfileInvalid => Kind::RegionUnknown,
            Kind::RegionUnknown => Kind::ClockSkew,
            Kind::ClockSkew => Kind::NetworkUnreachable,
            Kind::NetworkUnreachable => Kind::EndpointUnreachable,
            Kind::EndpointUnreachable => Kind::CertificateUntrusted,
            Kind::CertificateUntrusted => Kind::Timeout,
            Kind::Timeout => Kind::AccessDenied,
            Kind::AccessDenied => Kind::NotFound,
            Kind::NotFound => Kind::Conflict,
            Kind::Conflict => Kind::LimitExceeded,
            Kind::LimitExceeded => Kind::Throttled,
            Kind::Throttled => Kind::ConcurrentBulkDeployment,
            Kind::ConcurrentBulkDeployment => Kind::AssumeRole,
            Kind::AssumeRole => Kind::WrongRegion,
            Kind::WrongRegion => Kind::BadRequest,
            Kind::BadRequest => Kind::ServiceFault,
            Kind::ServiceFault => Kind::Unreadable,
            Kind::Unreadable => Kind::File,
            Kind::File => Kind::Cancelled,
            Kind::Cancelled => return kinds,
        });
    }
    kinds
}

#[test]
fn every_refusal_has_words_of_its_own_a_remedy_and_the_services_words() {
    let mut said = BTreeMap::new();
    for kind in kinds() {
        let error = overseed_aws::Error {
            operation: "greengrass:ListGroups",
            kind,
            code: Some("Odd".to_owned()),
            message: "It rains in eu-west-1.".to_owned(),
            status: Some(418),
            request_id: Some("r-1".to_owned()),
        };
        let problem = Error::from(error).problem();
        let detail = problem.detail.clone().unwrap();
        for words in ["greengrass:ListGroups", "It rains in eu-west-1.", "Odd"] {
            assert!(detail.contains(words), "{problem:?}");
        }
        assert_eq!(problem.request_id.as_deref(), Some("r-1"));
        let hint = problem.hint.clone().unwrap();
        assert!(hint.ends_with('.') && hint.len() > 20, "{problem:?}");
        if let Some(other) = said.insert(problem.message.clone(), kind) {
            panic!("{other:?} and {kind:?} both say: {}", problem.message);
        }
    }
    assert_eq!(said.len(), kinds().len());
}

#[tokio::test]
async fn work_that_panics_is_an_error_with_a_remedy_and_does_not_stay_at_work() {
    let world = World::new(1);
    let jobs = &world.engine.jobs;
    let breaks = |progress: Progress| async move {
        progress.stage("Reading", Some(2));
        let answers: Vec<u32> = Vec::new();
        Ok::<_, Error>(answers[progress.cancel().is_cancelled() as usize])
    };
    let error = jobs
        .run(JobKind::Groups, &world.engine.clock, breaks)
        .await
        .unwrap_err();
    let problem: Problem = error.problem();
    assert_eq!(problem.code, ErrorCode::Internal);
    assert!(problem.hint.unwrap().contains("diagnostics"));
    let job = jobs.follow(JobKind::Groups).borrow().clone().unwrap();
    assert_eq!(job.state, JobState::Failed, "{job:?}");
    assert_eq!(job.error.unwrap().code, ErrorCode::Internal);
    let well = jobs
        .run(JobKind::Groups, &world.engine.clock, |_| async { Ok(7) })
        .await;
    assert_eq!(well.unwrap(), 7);
}
