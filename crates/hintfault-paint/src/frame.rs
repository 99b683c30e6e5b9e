//! A buffer of pixels and the few shapes that the pictures are made of. Everything is clipped.

use crate::colour::Rgb;
use crate::geometry::{Point, Rect, Viewport};

/// Pixels in the order of reading, four bytes each: red, green, blue, alpha.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Frame {
    width_px: u32,
    height_px: u32,
    pixels: Vec<u8>,
}

const BYTES: usize = 4;

impl Frame {
    /// Makes it this large and wholly transparent. The buffer is used again.
    pub fn reset(&mut self, viewport: &Viewport) {
        self.width_px = viewport.width_px();
        self.height_px = viewport.height_px();
        self.pixels.clear();
        self.pixels.resize(self.width_px as usize * self.height_px as usize * BYTES, 0);
    }

    /// Makes it the same as another. The buffer is used again.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        (self.width_px, self.height_px) = (other.width_px, other.height_px);
        self.pixels.clone_from(&other.pixels);
    }

    /// Its width.
    #[must_use]
    pub const fn width_px(&self) -> u32 {
        self.width_px
    }

    /// Its height.
    #[must_use]
    pub const fn height_px(&self) -> u32 {
        self.height_px
    }

    /// The bytes: width × height × 4.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Fills a rectangle.
    pub(crate) fn fill(&mut self, rect: Rect, colour: Rgb) {
        self.shade(rect, |_, _, pixel| pixel.copy_from_slice(&opaque(colour)));
    }

    /// Makes a rectangle transparent again.
    pub(crate) fn clear(&mut self, rect: Rect) {
        self.shade(rect, |_, _, pixel| pixel.fill(0));
    }

    /// Fills the pixels of a rectangle for which `ground` is false with one colour and the others
    /// with another.
    pub(crate) fn pattern(&mut self, rect: Rect, [figure, ground]: [Rgb; 2], is_ground: impl Fn(u32, u32) -> bool) {
        let (figure, ground) = (opaque(figure), opaque(ground));
        self.shade(rect, |x, y, pixel| {
            pixel.copy_from_slice(if is_ground(x, y) { &ground } else { &figure });
        });
    }

    /// Gives one colour to the pixels of a rectangle for which `is_figure` is true.
    pub(crate) fn overlay(&mut self, rect: Rect, colour: Rgb, is_figure: impl Fn(u32, u32) -> bool) {
        self.shade(rect, |x, y, pixel| {
            if is_figure(x, y) {
                pixel.copy_from_slice(&opaque(colour));
            }
        });
    }

    /// Mixes `share` 256ths of a colour into what is there; transparent pixels stay so.
    pub(crate) fn tint(&mut self, rect: Rect, colour: Rgb, share: u32) {
        self.shade(rect, |_, _, pixel| {
            let mixed = Rgb(pixel[0], pixel[1], pixel[2]).mix(colour, share);
            pixel[..3].copy_from_slice(&[mixed.0, mixed.1, mixed.2]);
        });
    }

    /// Draws the border of a rectangle, inside it.
    pub(crate) fn stroke(&mut self, rect: Rect, thickness: u32, colour: Rgb) {
        for side in border(rect, thickness) {
            self.fill(side, colour);
        }
    }

    /// As [`Self::stroke`], mixing `share` 256ths into what is there.
    pub(crate) fn tint_border(&mut self, rect: Rect, thickness: u32, colour: Rgb, share: u32) {
        for side in border(rect, thickness) {
            self.tint(side, colour, share);
        }
    }

    /// Draws a straight line as squares of `thickness` along it.
    pub(crate) fn line(&mut self, from: Point, to: Point, thickness: u32, colour: Rgb) {
        let steps = from.x.abs_diff(to.x).max(from.y.abs_diff(to.y));
        let half = thickness / 2;
        for step in 0..=steps {
            let x = between(from.x, to.x, step, steps).saturating_sub(half);
            let y = between(from.y, to.y, step, steps).saturating_sub(half);
            self.fill(Rect::new(x, y, thickness, thickness), colour);
        }
    }

    /// Calls `paint` with place and bytes of every pixel of a rectangle that is on the picture.
    fn shade(&mut self, rect: Rect, mut paint: impl FnMut(u32, u32, &mut [u8])) {
        let (right, bottom) = (rect.right().min(self.width_px), rect.bottom().min(self.height_px));
        if rect.x >= right {
            return;
        }
        for y in rect.y..bottom {
            let row = y as usize * self.width_px as usize;
            let range = (row + rect.x as usize) * BYTES..(row + right as usize) * BYTES;
            for (x, pixel) in (rect.x..right).zip(self.pixels[range].chunks_exact_mut(BYTES)) {
                paint(x, y, pixel);
            }
        }
    }
}

const fn opaque(colour: Rgb) -> [u8; BYTES] {
    [colour.0, colour.1, colour.2, 0xFF]
}

/// The four sides of a rectangle, without sharing a pixel.
fn border(rect: Rect, thickness: u32) -> [Rect; 4] {
    let across = thickness.min(rect.width);
    let down = thickness.min(rect.height);
    let below = (rect.height - down).min(down);
    let beside = (rect.width - across).min(across);
    let between = rect.height - down - below;
    [
        Rect::new(rect.x, rect.y, rect.width, down),
        Rect::new(rect.x, rect.bottom() - below, rect.width, below),
        Rect::new(rect.x, rect.y + down, across, between),
        Rect::new(rect.right() - beside, rect.y + down, beside, between),
    ]
}

fn between(from: u32, to: u32, step: u32, steps: u32) -> u32 {
    if steps == 0 {
        return from;
    }
    let along = i64::from(to) - i64::from(from);
    let offset = along * i64::from(step) / i64::from(steps);
    (i64::from(from) + offset) as u32
}
