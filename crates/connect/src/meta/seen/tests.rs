use super::*;
use ground::clock::SECOND;

const NOW: i64 = 100_000 * SECOND;

#[derive(Clone)]
struct Item(String, i64);
impl Listed for Item {
    fn id(&self) -> &str {
        &self.0
    }
    fn at_us(&self) -> i64 {
        self.1
    }
}

fn list(items: &[(u64, i64)]) -> Vec<Item> {
    items.iter().map(|(id, s)| Item(id.to_string(), s * SECOND)).collect()
}

fn ids(told: &Told<Item>) -> Vec<&str> {
    told.items.iter().map(|i| i.0.as_str()).collect()
}

#[test]
fn nothing_is_lost_within_a_second_or_when_it_comes_late() {
    let start = Seen::passing(NOW, &list(&[(2, 1000), (1, 600)]));
    assert_eq!(start.written(), "880000000 2");
    let start = Seen::parse(&start.written()).unwrap();
    let told = start.tell(NOW, list(&[(3, 1000), (2, 1000), (1, 600)]));
    assert_eq!((ids(&told), told.more), (vec!["3"], false));
    let late = told.seen.tell(NOW, list(&[(3, 1000), (2, 1000), (4, 950), (1, 600)]));
    assert_eq!(ids(&late), ["4"]);
    let none = late.seen.tell(NOW, list(&[(3, 1000), (3, 1000), (2, 1000), (4, 950)]));
    assert!(ids(&none).is_empty() && none.seen == late.seen);
    let next = none.seen.tell(NOW, list(&[(5, 2000), (3, 1000)]));
    assert_eq!((ids(&next), next.seen.written()), (vec!["5"], "1880000000 5".to_owned()));
}

/// One comment that claims to be of another century would otherwise be the last that ever comes in.
#[test]
fn a_time_to_come_hides_nothing() {
    let start = Seen::passing(NOW, &list(&[(1, 600)]));
    let told = start.tell(NOW, list(&[(2, 9_000_000_000), (1, 600)]));
    assert_eq!(ids(&told), ["2"]);
    let next = told.seen.tell(NOW, list(&[(2, 9_000_000_000), (3, 99_990), (1, 600)]));
    assert_eq!(ids(&next), ["3"]);
    let begun = Seen::passing(NOW, &list(&[(2, 9_000_000_000)]));
    assert_eq!(ids(&begun.tell(NOW, list(&[(2, 9_000_000_000), (3, 99_990)]))), ["3"]);
}

#[test]
fn a_long_list_is_told_in_parts() {
    let long: Vec<(u64, i64)> = (0..130).rev().map(|n| (n, 5000 + (n as i64 % 3) * 1000)).collect();
    let (mut seen, mut all, mut turns) = (Seen::default(), Vec::new(), 0);
    loop {
        let told = seen.tell(NOW, list(&long));
        all.extend(told.items.iter().map(|i| i.0.clone()));
        (seen, turns) = (Seen::parse(&told.seen.written()).unwrap(), turns + 1);
        if !told.more {
            break;
        }
    }
    assert_eq!((turns, all.len(), all.iter().collect::<BTreeSet<_>>().len()), (3, 130, 130));
}

#[test]
fn a_cursor_is_a_cursor() {
    for bad in ["", "x", "1 ", "1 ../me", "1 2\n", "1  2"] {
        assert!(matches!(Seen::parse(bad), Err(Failure::Refused { .. })), "{bad:?}");
    }
    assert_eq!(Seen::passing(NOW, &list(&[])).written(), "0");
}
