//! The scenario document of Hintfault: one text that is a file, a link, a preset and a test
//! case. [`parse`] reads it, [`validate`] turns it into what the engine runs and tells every
//! error with the path of its field, in English and Chinese; [`codec`] puts it into links,
//! [`numactl`] puts a real machine under its workload.
//!
//! ```
//! let document = hintfault_scenario::parse(hintfault_scenario::presets::ALL[0].text)?;
//! let scenario = hintfault_scenario::validate(&document)?;
//! assert_eq!(scenario.machine.nodes.len(), 2);
//! # Ok::<(), hintfault_scenario::Failure>(())
//! ```

#[cfg(feature = "bench")]
pub mod bench;
pub mod codec;
pub mod command;
mod costs;
pub mod document;
mod failure;
pub mod json;
mod json_tree;
pub mod limits;
mod memory;
mod mpol;
pub mod numactl;
mod operands;
mod order;
mod parse;
pub mod presets;
pub mod quantity;
mod reader;
mod replace;
mod steps;
#[cfg(feature = "toml")]
mod toml_tree;
mod tree;
mod validate;
mod words;

pub use document::Document;
pub use failure::{Failure, Problem, Text};
pub use mpol::parse_policy;
pub use parse::{parse, to_json, write_action};
pub use replace::replace_machine;
pub use validate::validate;
