//! The tree over the entries: hashes and proofs of RFC 6962 (and 9162), and the right edge from which it grows.
use ground::crypto::sha256;

pub type Hash = [u8; 32];

/// A tile holds 256 hashes of one level; the levels of tiles are eight levels of the tree apart.
pub const TILE: u64 = 256;

pub fn leaf(entry: &[u8]) -> Hash {
    sha256(&[&[0], entry].concat())
}

pub fn node(left: &Hash, right: &Hash) -> Hash {
    let mut both = [1; 65];
    both[1..33].copy_from_slice(left);
    both[33..].copy_from_slice(right);
    sha256(&both)
}

/// A tile that became full: its level, its number, and the root over its 256 hashes.
pub type Closed = (i64, i64, Hash);

/// The roots of the complete subtrees a tree of this size consists of, largest first: all that growing it needs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Edge {
    size: u64,
    roots: Vec<Hash>,
}

impl Edge {
    /// `None` when that many bytes cannot be the edge of a tree of this size.
    pub fn read(size: i64, bytes: &[u8]) -> Option<Edge> {
        let size = u64::try_from(size).ok()?;
        let (roots, rest) = bytes.as_chunks::<32>();
        let right = rest.is_empty() && roots.len() == size.count_ones() as usize;
        right.then(|| Edge { size, roots: roots.to_vec() })
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.roots.concat()
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf; returns the tiles it fills.
    pub fn push(&mut self, leaf: Hash) -> Vec<Closed> {
        let mut closed = vec![];
        let mut root = leaf;
        for level in 1..=self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                root = node(&left, &root);
            }
            if level % 8 == 0 {
                let (tile_level, number) = (i64::from(level / 8 - 1), (self.size >> level).cast_signed());
                closed.push((tile_level, number, root));
            }
        }
        self.roots.push(root);
        self.size += 1;
        closed
    }

    /// The hash of the whole tree.
    pub fn root(&self) -> Hash {
        let mut from_right = self.roots.iter().rev();
        match from_right.next() {
            None => sha256(b""),
            Some(last) => from_right.fold(*last, |right, left| node(left, &right)),
        }
    }
}

/// The root of a complete tree over these hashes; their number is a power of two.
pub fn complete(hashes: &[Hash]) -> Hash {
    let mut edge = Edge::default();
    for hash in hashes {
        edge.push(*hash);
    }
    edge.root()
}

/// Ranges of leaves whose hashes prove that leaf `index` is in a tree of `size`, nearest to the leaf first.
pub fn proof_ranges(index: u64, size: u64) -> Vec<(u64, u64)> {
    let (mut from, mut to) = (0, size);
    let mut ranges = vec![];
    while to - from > 1 {
        let half = (to - from).next_power_of_two() / 2;
        if index < from + half {
            ranges.push((from + half, to));
            to = from + half;
        } else {
            ranges.push((from, from + half));
            from += half;
        }
    }
    ranges.reverse();
    ranges
}

/// The complete subtrees a range consists of, as level and number, largest first. The range begins where a subtree as
/// large as itself may begin: those of a proof do.
pub fn subtrees(from: u64, to: u64) -> Vec<(u32, u64)> {
    let (mut at, mut all) = (from, vec![]);
    while at < to {
        let level = (to - at).ilog2();
        all.push((level, at >> level));
        at += 1 << level;
    }
    all
}

/// RFC 9162, 2.1.3.2: whether the proof shows that this leaf is in the tree with this root.
#[cfg(test)]
pub fn proves(index: u64, size: u64, leaf: &Hash, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for p in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node(p, &hash);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            hash = node(&hash, p);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && hash == *root
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::crypto::hex;

    /// The leaves and roots that the reference implementation of RFC 6962 is tested with.
    const LEAVES: [&[u8]; 8] = [
        b"",
        &[0x00],
        &[0x10],
        &[0x20, 0x21],
        &[0x30, 0x31],
        &[0x40, 0x41, 0x42, 0x43],
        &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
    ];
    const ROOTS: [&str; 9] = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    #[test]
    fn the_known_trees_have_their_known_roots() {
        let mut edge = Edge::default();
        assert_eq!(hex(&edge.root()), ROOTS[0]);
        for (entry, root) in LEAVES.iter().zip(&ROOTS[1..]) {
            edge.push(leaf(entry));
            assert_eq!(hex(&edge.root()), *root);
        }
    }

    /// RFC 6962, 2.1, word by word.
    fn defined(leaves: &[Hash]) -> Hash {
        match leaves.len() {
            0 => sha256(b""),
            1 => leaves[0],
            n => {
                let k = n.next_power_of_two() / 2;
                node(&defined(&leaves[..k]), &defined(&leaves[k..]))
            }
        }
    }

    fn leaves(n: u64) -> Vec<Hash> {
        (0..n).map(|i| leaf(&i.to_be_bytes())).collect()
    }

    #[test]
    fn the_edge_grows_into_the_defined_tree_and_survives_being_stored() {
        let all = leaves(600);
        let mut edge = Edge::default();
        for n in 0..all.len() {
            assert_eq!(edge.root(), defined(&all[..n]), "{n}");
            edge = Edge::read(n as i64, &edge.bytes()).unwrap();
            edge.push(all[n]);
        }
        assert!(
            Edge::read(3, &[0; 32]).is_none() && Edge::read(1, &[0; 33]).is_none() && Edge::read(-1, &[]).is_none()
        );
    }

    #[test]
    fn tiles_close_when_they_are_full() {
        let all = leaves(256 * 256);
        let mut edge = Edge::default();
        let closed: Vec<Closed> = all.iter().flat_map(|l| edge.push(*l)).collect();
        assert_eq!(closed.len(), 257);
        assert_eq!(closed[0], (0, 0, defined(&all[..256])));
        assert_eq!((closed[255].0, closed[255].1), (0, 255));
        assert_eq!(closed[256], (1, 0, edge.root()));
    }

    #[test]
    fn every_leaf_of_every_small_tree_is_proven_and_nothing_else_is() {
        let all = leaves(70);
        for size in 1..=70u64 {
            let tree = &all[..size as usize];
            let root = defined(tree);
            for index in 0..size {
                let proof: Vec<Hash> = proof_ranges(index, size)
                    .iter()
                    .map(|(from, to)| {
                        let parts = subtrees(*from, *to);
                        let parts = parts.iter().map(|(l, n)| {
                            let (a, b) = ((n << l) as usize, ((n + 1) << l) as usize);
                            complete(&tree[a..b])
                        });
                        parts.rev().reduce(|right, left| node(&left, &right)).unwrap()
                    })
                    .collect();
                let own = &tree[index as usize];
                assert!(proves(index, size, own, &proof, &root), "{index} of {size}");
                assert!(!proves(index, size, &leaf(b"other"), &proof, &root));
                assert!(!proves(index + 1, size, own, &proof, &root) || size == 1 && index + 1 < size);
                if let Some((_, shorter)) = proof.split_first() {
                    assert!(!proves(index, size, own, shorter, &root));
                }
            }
        }
    }
}
