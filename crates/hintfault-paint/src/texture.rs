//! Textures that tell nodes apart where colours do not.

use hintfault::ids::NodeId;

use crate::colour::{NODE_COLOURS, Rgb};

/// How nodes are told apart in an address space.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Texture {
    /// By their colours.
    #[default]
    Plain,
    /// By a texture of their own besides.
    ByNode,
}

/// How much of the marks' colour a mark has in it, in 256ths.
const MARK: u32 = 168;
/// A colour as bright as this gets dark marks, others light ones.
const BRIGHT: u32 = 140;

/// The colour of the marks on a node's colour.
pub(crate) fn mark(colour: Rgb) -> Rgb {
    let brightness = (u32::from(colour.0) * 3 + u32::from(colour.1) * 6 + u32::from(colour.2)) / 10;
    let marks = if brightness >= BRIGHT { Rgb(0, 0, 0) } else { Rgb(0xFF, 0xFF, 0xFF) };
    colour.mix(marks, MARK)
}

/// Whether a mark is at this place, in widths of a line. From the ninth node on the same eight come again; no
/// texture has slanted lines, for those mean hint entries.
pub(crate) fn is_mark(node: NodeId, x: u32, y: u32) -> bool {
    let every = |number: u32, period: u32| number.is_multiple_of(period);
    match node.index() % NODE_COLOURS.len() {
        0 => false,
        1 => every(y, 4),
        2 => every(x, 4),
        3 => every(x, 3) && every(y, 3),
        4 => every(x / 2 + y / 2, 2),
        5 => every(y, 2),
        6 => every(x, 2),
        _ => every(x, 4) || every(y, 4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(node: usize) -> Vec<bool> {
        (0..144).map(|at| is_mark(NodeId(node as u8), at % 12, at / 12)).collect()
    }

    #[test]
    fn every_texture_is_another() {
        for node in 0..8 {
            for other in 0..node {
                assert_ne!(marks(node), marks(other), "{node} and {other}");
            }
            assert_eq!(marks(node), marks(node + 8));
        }
    }

    #[test]
    fn marks_stand_out_from_every_colour() {
        for colour in NODE_COLOURS {
            let mark = mark(colour);
            let apart = [(colour.0, mark.0), (colour.1, mark.1), (colour.2, mark.2)];
            let difference: u32 = apart.iter().map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
            assert!(difference > 150, "{colour:?} and {mark:?}");
        }
    }
}
