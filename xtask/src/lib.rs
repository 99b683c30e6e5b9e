//! Everything that CI and people call: set-up, build, play, test. A library as well, because the
//! page tests use its static server.

pub mod bench;
pub mod build;
pub mod cache;
pub mod checks;
pub mod command;
pub mod conformance;
pub mod counts;
pub mod docs;
pub mod offline;
pub mod play;
pub mod project;
pub mod serve;
pub mod setup;
pub mod tidy;
