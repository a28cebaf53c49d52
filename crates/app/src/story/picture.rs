//! Pictures drawn by the program: mountains under a sky with a string of prayer flags, in a few colours.
use ground::{Error, Result};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

const WIDTH: u32 = 960;
const HEIGHT: u32 = 540;

/// Sky above, sky at the ridge, far ridge, near ridge.
#[derive(Debug, Clone, Copy)]
pub struct Palette(pub [[u8; 3]; 4]);

pub const MORNING: Palette = Palette([[96, 150, 205], [226, 236, 240], [110, 134, 160], [44, 82, 70]]);
pub const EVENING: Palette = Palette([[70, 62, 122], [250, 188, 120], [120, 86, 120], [46, 44, 74]]);
pub const RAIN: Palette = Palette([[120, 134, 150], [205, 212, 218], [128, 142, 150], [70, 92, 86]]);

const FLAGS: [[u8; 3]; 5] = [[42, 74, 160], [246, 246, 242], [190, 50, 42], [40, 120, 72], [250, 190, 50]];

fn between(a: [u8; 3], b: [u8; 3], part: f32) -> [u8; 3] {
    let mix = |i: usize| (f32::from(a[i]) + (f32::from(b[i]) - f32::from(a[i])) * part.clamp(0.0, 1.0)) as u8;
    [mix(0), mix(1), mix(2)]
}

/// The height of a ridge at `x` of 0 to 1, in parts of the picture from above.
fn ridge(x: f32, base: f32, swing: f32, shift: f32) -> f32 {
    let wave = (x * 5.0 + shift).sin() * 0.5 + (x * 13.0 + shift * 2.0).sin() * 0.28 + (x * 31.0 + shift).sin() * 0.1;
    base - swing * wave
}

/// The flag at this place, if one hangs there: a rope sags from edge to edge.
fn flag(x: f32, y: f32) -> Option<[u8; 3]> {
    let rope = 0.12 + 0.36 * x * (1.0 - x);
    let (place, along) = ((x * 26.0) as usize, (x * 26.0).fract());
    if (y - rope).abs() < 0.003 {
        return Some([60, 60, 60]);
    }
    let hangs = (0.12..0.88).contains(&along) && y > rope && y < rope + 0.075;
    hangs.then(|| FLAGS[place % FLAGS.len()])
}

/// A PNG of the scene.
pub fn draw(palette: Palette, shift: f32) -> Result<Vec<u8>> {
    let [above, low, far, near] = palette.0;
    let picture = RgbImage::from_fn(WIDTH, HEIGHT, |px, py| {
        let (x, y) = (px as f32 / WIDTH as f32, py as f32 / HEIGHT as f32);
        if let Some(colour) = flag(x, y) {
            return Rgb(colour);
        }
        if y > ridge(x, 0.78, 0.1, shift + 2.0) {
            return Rgb(between(near, [20, 30, 30], (y - 0.7) * 1.6));
        }
        if y > ridge(x, 0.56, 0.17, shift) {
            return Rgb(between(far, near, (y - 0.4) * 1.1));
        }
        Rgb(between(above, low, y * 1.7))
    });
    let mut out = Cursor::new(vec![]);
    DynamicImage::ImageRgb8(picture).write_to(&mut out, ImageFormat::Png).map_err(Error::fault)?;
    Ok(out.into_inner())
}
