//! A bar chart as plain SVG: two bars for each day, or each few days when there are many.
use super::figures::Figures;
use jiff::civil::Date;

const WIDTH: i64 = 720;
const HEIGHT: i64 = 160;
/// More groups than this are drawn together.
const MOST: usize = 62;

pub struct Bar {
    pub x: i64,
    pub y: i64,
    pub width: i64,
    pub height: i64,
    pub n: i64,
    /// First or second of the pair.
    pub second: bool,
    pub day: Date,
}

pub struct Chart {
    pub bars: Vec<Bar>,
    pub most: i64,
    pub rows: Vec<(Date, i64, i64)>,
}

impl Chart {
    /// The groups' first days with the sums of two kinds.
    pub fn of(f: &Figures, one: &str, two: &str) -> Chart {
        let days = f.days.all();
        let sum = |days: &[Date], kind: &str| {
            days.iter().filter_map(|d| f.by_day.get(&d.to_string())?.get(kind)).sum::<i64>()
        };
        let group = days.len().div_ceil(MOST).max(1);
        let rows: Vec<_> = days.chunks(group).filter_map(|g| Some((*g.first()?, sum(g, one), sum(g, two)))).collect();
        let most = rows.iter().map(|(_, a, b)| *a.max(b)).max().unwrap_or(0);
        Chart { bars: bars(&rows, most), most, rows }
    }
}

fn bars(rows: &[(Date, i64, i64)], most: i64) -> Vec<Bar> {
    let step = WIDTH / i64::try_from(rows.len().max(1)).unwrap_or(1);
    let width = (step * 2 / 5).clamp(1, 24);
    let mut all = vec![];
    for (i, (day, one, two)) in (0i64..).zip(rows) {
        for (n, second) in [(*one, false), (*two, true)] {
            if n > 0 && most > 0 {
                let height = (n * HEIGHT / most).max(2);
                let x = i * step + if second { width + 1 } else { 0 };
                all.push(Bar { x, y: HEIGHT - height, width, height, n, second, day: *day });
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_bar_fills_the_chart_and_nothing_leaves_it() {
        let day = Date::constant(2026, 11, 24);
        let rows: Vec<_> = (0..62).map(|n| (day, n, 100 - n)).collect();
        let bars = bars(&rows, 100);
        assert_eq!(bars.iter().map(|b| b.height).max(), Some(HEIGHT));
        assert!(bars.iter().all(|b| b.x >= 0 && b.x + b.width <= WIDTH && b.y >= 0 && b.y + b.height == HEIGHT));
        assert!(super::bars(&[(day, 0, 0)], 0).is_empty());
    }
}
