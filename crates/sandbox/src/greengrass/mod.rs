//! Greengrass V1: `Greengrass::new(&Settings, Option<serde_json::Value>)`, a [`crate::cloud::Service`].
