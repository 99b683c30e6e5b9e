//! What the tests of the whole project share.

#[cfg(feature = "page")]
pub mod browser;
#[cfg(feature = "page")]
mod driver;
#[cfg(feature = "page")]
pub mod page;
#[cfg(feature = "page")]
pub mod site;

pub mod conformance;
pub mod free;
mod least_costs;
pub mod mempolicy;
pub mod recording;
pub mod steps;
