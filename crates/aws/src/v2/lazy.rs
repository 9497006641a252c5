//! The clients that only V2 needs, each made when it is first used: a start of the app makes none of them.

use std::sync::OnceLock;

use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use aws_types::SdkConfig;

use crate::{
    Clients,
    settings::{TooManyRequests, partition},
};

/// What the clients are made from, and those that have been made.
#[derive(Debug)]
pub(crate) struct Lazy {
    config: SdkConfig,
    follow: SharedInterceptor,
    greengrass: OnceLock<aws_sdk_greengrassv2::Client>,
    iot: OnceLock<aws_sdk_iot::Client>,
    secrets: OnceLock<aws_sdk_secretsmanager::Client>,
    states: OnceLock<aws_sdk_sfn::Client>,
}

impl Lazy {
    pub(crate) const fn new(config: SdkConfig, follow: SharedInterceptor) -> Self {
        Self {
            config,
            follow,
            greengrass: OnceLock::new(),
            iot: OnceLock::new(),
            secrets: OnceLock::new(),
            states: OnceLock::new(),
        }
    }
}

/// The same settings for each service; their builders share no trait.
macro_rules! client {
    ($sdk:ident, $lazy:expr, $cell:ident) => {
        $lazy.$cell.get_or_init(|| {
            $sdk::Client::from_conf(
                $sdk::config::Builder::from(&$lazy.config)
                    .interceptor($lazy.follow.clone())
                    .retry_partition(partition())
                    .retry_classifier(TooManyRequests)
                    .build(),
            )
        })
    };
}

impl Clients {
    pub(super) fn greengrass_v2(&self) -> &aws_sdk_greengrassv2::Client {
        client!(aws_sdk_greengrassv2, self.v2, greengrass)
    }

    pub(super) fn iot(&self) -> &aws_sdk_iot::Client {
        client!(aws_sdk_iot, self.v2, iot)
    }

    pub(super) fn secrets(&self) -> &aws_sdk_secretsmanager::Client {
        client!(aws_sdk_secretsmanager, self.v2, secrets)
    }

    pub(super) fn states(&self) -> &aws_sdk_sfn::Client {
        client!(aws_sdk_sfn, self.v2, states)
    }
}
