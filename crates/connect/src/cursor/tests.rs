use super::*;

#[derive(Debug, Clone, PartialEq)]
struct Item(u64, i64);
impl Listed for Item {
    fn number(&self) -> u64 {
        self.0
    }
    fn at_us(&self) -> i64 {
        self.1
    }
}

fn numbers(told: &Told<Item>) -> Vec<u64> {
    told.items.iter().map(|i| i.0).collect()
}

#[test]
fn each_is_told_once_also_what_comes_late() {
    let start = Seen::passing(9_000, &[Item(7, 1_000), Item(6, 990)]);
    assert_eq!(start.written(), "1000 7");
    let told = Seen::parse(&start.written()).unwrap().tell(9_000, vec![Item(10, 1_100), Item(8, 5), Item(7, 1_000)]);
    assert_eq!((numbers(&told), told.more, told.seen.floor_us), (vec![8, 10], false, 1_100));
    let late = told.seen.tell(9_000, vec![Item(10, 1_100), Item(9, 1_090), Item(9, 1_090), Item(8, 5), Item(3, 1)]);
    assert_eq!(numbers(&late), [9]);
    let far = late.seen.tell(9_000, vec![Item(500, 99_999)]);
    assert_eq!((far.seen.floor_us, far.seen.written()), (9_000, "9000 400 500".to_owned()));
    assert_eq!(Seen::passing(9_000, &[] as &[Item]).written(), "9000 0");
    for bad in ["", "x", "1", "1 x", "1 2 ", "1 2 -3", "1  2"] {
        assert!(matches!(Seen::parse(bad), Err(Failure::Refused { .. })), "{bad:?}");
    }
}

#[test]
fn a_long_list_is_told_in_parts() {
    let all: Vec<Item> = (1..=430).map(|n| Item(n, 5_000 + n as i64)).collect();
    let (mut seen, mut told) = (Seen::passing(5_000, &[] as &[Item]), Vec::new());
    loop {
        let list: Vec<Item> = all.iter().rev().filter(|i| i.1 >= seen.floor_us).cloned().collect();
        let next = seen.tell(1_000_000, list);
        told.extend(next.items);
        seen = next.seen;
        if !next.more {
            break;
        }
    }
    assert_eq!(told, all);
}
