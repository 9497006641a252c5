//! A local AWS.
