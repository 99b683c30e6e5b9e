//! Hintfault's simulator as a WebAssembly class: [`Playground`]. Converts types and errors and puts
//! finished pixels on the canvas, nothing else; everything that decides lives in the crates below.

mod actions;
mod convert;
mod course;
mod drawing;
mod dto;
mod event_dto;
mod explain_dto;
mod failure;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod golden;
mod names;
mod picture;
mod playground;
mod request;
mod runs;
mod sharing;
mod typescript;
mod words;

pub use playground::Playground;
