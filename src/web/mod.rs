//! Health, metrics and the HTTP API. Floor 3.
