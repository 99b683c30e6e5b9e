//! The TypeScript declarations of the plain objects; the class itself is declared by wasm-bindgen.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const PLAIN_OBJECTS: &str = include_str!("types.d.ts");
