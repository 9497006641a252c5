//! The AWS SDKs.
