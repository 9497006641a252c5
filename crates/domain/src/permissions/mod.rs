//! Policy documents as values: what the execution role, its trust and the caller need.
