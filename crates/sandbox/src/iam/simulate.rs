//! SimulatePrincipalPolicy: the answer that the call itself would get.

use iam_rs::Decision;

use super::evaluate::{Asker, Compiled};
use super::model::{Grants, Iam};
use super::{Answer, Call, Failure, paged, result};
use crate::xml::Element;

impl Iam {
    pub(super) fn simulate(&self, call: &Call<'_>) -> Answer {
        let source = call.params.need("PolicySourceArn")?;
        let grants = self.grants_of(source).ok_or_else(|| {
            let name = source.rsplit('/').next().unwrap_or_default();
            Failure::no_such(format!("The entity with name {name} cannot be found."))
        })?;
        let actions = call.params.members("ActionNames");
        if actions.is_empty() {
            call.params.need("ActionNames")?;
        }
        if let Some(bad) = actions.iter().find(|action| !action.contains(':')) {
            return Err(Failure::new(
                "InvalidInput",
                format!("Invalid Action: {bad}"),
            ));
        }
        let mut resources = call.params.members("ResourceArns");
        if resources.is_empty() {
            resources.push("*");
        }
        let entries = call.params.context_entries()?;
        let mut context: Vec<(&str, &str)> = entries
            .iter()
            .filter_map(|(key, values)| Some((*key, *values.first()?)))
            .collect();
        context.push(("aws:PrincipalArn", source));
        let mut documents = self.documents(grants);
        documents.extend(
            call.params
                .members("PolicyInputList")
                .into_iter()
                .map(str::to_owned),
        );
        let policies = Compiled::new(documents.iter().map(String::as_str));
        let boundary = grants
            .boundary
            .as_ref()
            .and_then(|arn| self.policies.get(arn)?.document());
        let boundary = boundary.map(|text| Compiled::new([text]));
        let mut results = Vec::new();
        for action in &actions {
            for resource in &resources {
                let decide =
                    |set: &Compiled| set.decide(Asker::Aws(source), action, resource, &context);
                let own = decide(&policies);
                let bound = boundary.as_ref().map(decide);
                results
                    .push(self.evaluation(grants, action, resource, own, bound, &context, source));
            }
        }
        let (page, marker) = call.params.page(results)?;
        Ok(Some(paged(
            result().list("EvaluationResults", page),
            marker,
        )))
    }

    /// The grants of a user's or role's ARN.
    #[must_use]
    pub fn grants_of(&self, arn: &str) -> Option<&Grants> {
        if let Some(role) = self.role_by_arn(arn) {
            return Some(&role.grants);
        }
        let user = self.users.get(arn.rsplit('/').next()?)?;
        (self.user_arn(user) == arn).then_some(&user.grants)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one call of one place, all of it the question"
    )]
    fn evaluation(
        &self,
        grants: &Grants,
        action: &str,
        resource: &str,
        own: Decision,
        bound: Option<Decision>,
        context: &[(&str, &str)],
        source: &str,
    ) -> Element {
        let allowed_by_boundary = bound.is_none_or(|decision| decision == Decision::Allow);
        let denied = own == Decision::Deny || bound == Some(Decision::Deny);
        let decision = match own {
            _ if denied => "explicitDeny",
            Decision::Allow if allowed_by_boundary => "allowed",
            _ => "implicitDeny",
        };
        // The statement that decided: the policies one by one, the first that says the same.
        let named = grants
            .inline
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()));
        let managed = grants
            .attached
            .iter()
            .filter_map(|arn| self.policies.get(arn));
        let managed = managed.filter_map(|policy| Some((policy.name.as_str(), policy.document()?)));
        let matched: Vec<Element> = named
            .chain(managed)
            .filter(|(_, text)| {
                own != Decision::NotApplicable
                    && Compiled::new([*text]).decide(Asker::Aws(source), action, resource, context)
                        == own
            })
            .map(|(name, _)| {
                Element::new("member")
                    .text("SourcePolicyId", name)
                    .text("SourcePolicyType", "IAM Policy")
            })
            .collect();
        let element = Element::new("member")
            .text("EvalActionName", action)
            .text("EvalResourceName", resource)
            .text("EvalDecision", decision)
            .list("MatchedStatements", matched)
            .list("MissingContextValues", []);
        if bound.is_some() {
            let allowed = if allowed_by_boundary { "true" } else { "false" };
            return element.child(
                Element::new("PermissionsBoundaryDecisionDetail")
                    .text("AllowedByPermissionsBoundary", allowed),
            );
        }
        element
    }
}
