//! Damage: inputs made from other inputs, the same for the same seed.
//!
//! Half of them are damaged as bytes, which tries whoever reads JSON; half as JSON values, which stay JSON and try whoever
//! judges what was read.

use serde_json::Value;

/// `SplitMix64` (Steele, Lea, Flood, 2014).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number less than `limit`, or 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next() % limit).unwrap_or_default()
    }
}

/// What is put between other bytes.
const TOKENS: [&[u8]; 24] = [
    b"null",
    b"true",
    b"-1",
    b"0",
    b"1e999",
    b"18446744073709551616",
    b"4294967296",
    b"0.1",
    b"\"\"",
    b"\"\\ud800\"",
    b"\"\\u0000\"",
    b"[]",
    b"{}",
    b"[[[[[[[[",
    b"{\"\":",
    b",",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\0",
    b"\"format\":1,",
    b"\"id\":null,",
    b"\"full\"",
    b"\xe2\x80\xae",
    b"\"00000000-0000-0000-0000-000000000001\"",
];

/// What is put in the place of other values.
const VALUES: [&str; 16] = [
    "null",
    "true",
    "-1",
    "0",
    "1",
    "2",
    "18446744073709551615",
    "1.5",
    "\"\"",
    "\"owner\"",
    "[]",
    "{}",
    "\"full\"",
    "\"organization\"",
    "\"00000000-0000-0000-0000-000000000001\"",
    "\"9999-12-30T22:00:00Z\"",
];

/// `input` with one to four kinds of damage, some of it from `other`.
pub(crate) fn damaged(input: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=random.below(4) {
        bytes = match random.below(2) {
            0 => by_value(&bytes, random).unwrap_or_else(|| by_bytes(bytes, other, random)),
            _ => by_bytes(bytes, other, random),
        };
    }
    bytes
}

fn by_bytes(mut bytes: Vec<u8>, other: &[u8], random: &mut Random) -> Vec<u8> {
    let at = random.below(bytes.len() + 1);
    let end = (at + 1 + random.below(40)).min(bytes.len());
    match random.below(7) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        1 => bytes.truncate(at),
        2 => drop(bytes.drain(at.min(end)..end)),
        3 => {
            let again = bytes[at.min(end)..end].to_vec();
            bytes.splice(at..at, again);
        }
        4 => {
            let from = random.below(other.len() + 1);
            let to = (from + random.below(200)).min(other.len());
            bytes.splice(at.min(end)..end, other[from..to].iter().copied());
        }
        5 => drop(bytes.splice(at..at, TOKENS[random.below(TOKENS.len())].iter().copied())),
        _ => drop(bytes.splice(at.min(end)..end, TOKENS[random.below(TOKENS.len())].to_vec())),
    }
    bytes
}

/// Damages the JSON up to the first NUL, and leaves what is behind it.
fn by_value(bytes: &[u8], random: &mut Random) -> Option<Vec<u8>> {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let mut value: Value = serde_json::from_slice(&bytes[..end]).ok()?;
    let count = count(&value);
    let taken = nth(&mut value, &mut random.below(count))?.clone();
    let place = nth(&mut value, &mut random.below(count))?;
    match (random.below(4), &mut *place) {
        (0, Value::Array(entries)) if !entries.is_empty() => {
            let at = random.below(entries.len());
            entries.remove(at);
        }
        (0, Value::Object(map)) if !map.is_empty() => {
            let key = map.keys().nth(random.below(map.len()))?.clone();
            map.remove(&key);
        }
        (1, Value::Array(entries)) => entries.push(taken),
        (1, Value::Object(map)) => {
            let key = map.keys().nth(random.below(map.len())).cloned().unwrap_or_default();
            map.insert(key, taken);
        }
        (2, _) => *place = taken,
        _ => *place = serde_json::from_str(VALUES[random.below(VALUES.len())]).ok()?,
    }
    let mut damaged = serde_json::to_vec(&value).ok()?;
    damaged.extend(&bytes[end..]);
    Some(damaged)
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(entries) => entries.iter().map(count).sum(),
        Value::Object(map) => map.values().map(count).sum(),
        _ => 0,
    }
}

/// The value that comes after `left` others, from the outside to the inside.
fn nth<'v>(value: &'v mut Value, left: &mut usize) -> Option<&'v mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(entries) => entries.iter_mut().find_map(|entry| nth(entry, left)),
        Value::Object(map) => map.values_mut().find_map(|entry| nth(entry, left)),
        _ => None,
    }
}
