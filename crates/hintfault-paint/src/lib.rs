//! Views of the simulated machine as RGBA pixels, without text: a pure function of view, size and
//! theme, in integer arithmetic, so that every target paints the same bytes.
//!
//! Painting has two halves. A layout ([`layout_space`], [`layout_machine`]) says where everything
//! is, for text, pointer and pixels alike. The painters ([`paint_space`], [`paint_machine`]) fill a
//! [`Frame`] by a layout. The ground is transparent. All lengths are device pixels.

mod colour;
mod frame;
mod geometry;
mod machine_layout;
mod machine_paint;
mod space_layout;
mod space_marks;
mod space_paint;
mod texture;

pub use colour::{NODE_COLOURS, Rgb, Theme};
pub use frame::Frame;
pub use geometry::{MAX_PIXELS, Point, Rect, Scale, SizeError, Viewport};
pub use machine_layout::{Link, MachineLayout, MemoryGrid, NodeBox, Reach, layout_machine};
pub use machine_paint::paint_machine;
pub use space_layout::{Hit, SpaceLayout, Strip, Zoom, layout_space};
pub use space_marks::{OffsetMark, WindowMark};
pub use space_paint::{Flash, SpaceMarks, SpacePainter, paint_space};
pub use texture::Texture;
