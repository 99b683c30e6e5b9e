//! The `hintfault` command.

fn main() {}
