//! Part of Hintfault.
