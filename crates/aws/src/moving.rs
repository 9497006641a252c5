//! Endpoints that move while they are in use: a sandbox that is started again listens at another port.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept, SharedInterceptor,
            context::{BeforeTransmitInterceptorContextMut, FinalizerInterceptorContextRef},
            dyn_dispatch_hint,
        },
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use url::Url;

/// Asks where an endpoint is now, such as `http://127.0.0.1:4599`; `None` where that is not known. It is asked on
/// threads that must not block for long.
#[derive(Clone)]
pub struct Whereabouts(Arc<dyn Fn() -> Option<String> + Send + Sync>);

impl Whereabouts {
    /// Asks by this function.
    pub fn new(ask: impl Fn() -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }
}

impl fmt::Debug for Whereabouts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Whereabouts")
    }
}

/// Asks after each try that reached nobody, and sends the next ones where the endpoint is then. It comes before the
/// signature, which is over the host as well.
#[derive(Debug)]
struct Follow {
    whereabouts: Option<Whereabouts>,
    now: RwLock<Option<Url>>,
}

/// One for all clients of a connection; without whereabouts the endpoint stays where it is.
pub(crate) fn follow(whereabouts: Option<Whereabouts>) -> SharedInterceptor {
    SharedInterceptor::new(Follow {
        whereabouts,
        now: RwLock::default(),
    })
}

#[dyn_dispatch_hint]
impl Intercept for Follow {
    fn name(&self) -> &'static str {
        "moving endpoint"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let now = self.now.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(now) = now.as_ref() {
            let request = context.request_mut();
            let mut url = Url::parse(request.uri())?;
            url.set_host(now.host_str())?;
            url.set_port(now.port())
                .map_err(|()| "the endpoint can have no port")?;
            request.set_uri(url.as_str())?;
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let reached_nobody = matches!(
            context.output_or_error(),
            Some(Err(error)) if error.as_connector_error().is_some_and(|error| !error.is_timeout())
        );
        if reached_nobody
            && let Some(Whereabouts(ask)) = &self.whereabouts
            && let Some(now) = ask()
        {
            let now = Url::parse(&now)?;
            *self.now.write().unwrap_or_else(PoisonError::into_inner) = Some(now);
        }
        Ok(())
    }
}
