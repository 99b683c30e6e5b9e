//! `cargo xtask`: everything that CI and people call.

fn main() {}
