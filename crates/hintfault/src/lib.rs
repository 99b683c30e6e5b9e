//! The engine of Hintfault: Linux's automatic NUMA balancing as a pure function of a scenario.
//!
//! A [`input::Scenario`] makes a [`World`]; running it leads to [`event::Event`]s and, at any
//! moment, to the plain structs of [`view`]. The engine has no I/O, no clock, no thread, no
//! float and no iteration in an order that is not fixed: being `no_std`, it cannot have most of
//! them. The same scenario gives the same bytes natively and in WebAssembly.
//!
//! Modules carry the names of the kernel's subsystems, and each decision of the kernel is one
//! function under the kernel's name. All of it follows Linux 6.12.
#![no_std]
#![forbid(unsafe_code)]
#![deny(clippy::float_arithmetic, clippy::disallowed_types, clippy::disallowed_methods, clippy::disallowed_macros)]
#![warn(missing_docs)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod calls;
mod error;
pub mod event;
mod eventlog;
#[cfg(feature = "explain")]
pub mod explain;
#[cfg(not(feature = "explain"))]
#[path = "explain/nobody.rs"]
mod explain;
mod filter;
mod history;
pub mod ids;
pub mod input;
mod landmarks;
mod mempolicy;
mod mm;
mod numab;
pub mod order;
mod refusal;
mod rng;
mod sched;
mod series;
#[cfg(feature = "steps")]
pub mod steps;
#[cfg(test)]
mod testing;
pub mod time;
mod topology;
pub mod view;
mod workload;
mod world;

pub use calls::CallCount;
pub use error::SetupError;
pub use eventlog::EVENTS_KEPT;
pub use filter::{EventClass, EventFilter};
pub use history::{History, Kept};
pub use landmarks::{Landmark, Landmarks};
pub use mm::folio::LAST_CPUPID_UNSET;
#[cfg(feature = "steps")]
pub use numab::tiering::TieringKnobs;
pub use refusal::{Errno, Refusal};
pub use series::{Column, Figure};
pub use topology::MAX_NODES;
pub use world::World;
#[cfg(feature = "shared-clock")]
pub use world::shared_clock::Stall;
pub use world::structs::{KernelStruct, Subject, Unit};
