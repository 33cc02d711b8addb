//! Fuzzing of everything that tenantry reads from bytes. What must hold stands in `tests/corpus/targets.rs`, which the
//! everyday tests share; here is what ties it to libFuzzer.

#![allow(dead_code, reason = "the shared files have parts that only the everyday test needs")]

#[path = "../../tests/corpus/mutation.rs"]
mod mutation;
#[path = "../../tests/corpus/targets.rs"]
mod targets;

pub use libfuzzer_sys;

/// Asserts what must hold for a target of this name.
pub fn check(name: &str, bytes: &[u8]) {
    let target = targets::ALL.iter().find(|target| target.name == name).unwrap();
    (target.check)(bytes);
}

/// Damages the first `size` bytes in their place and returns how many there are then.
pub fn damage(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut random = mutation::Random::new(seed.into());
    if random.below(2) == 0 {
        return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
    }
    let before = data[..size].to_vec();
    let damaged = mutation::damaged(&before, &before, &mut random);
    let length = damaged.len().min(max_size);
    data[..length].copy_from_slice(&damaged[..length]);
    length
}

/// The whole of a fuzz target.
#[macro_export]
macro_rules! target {
    ($name:literal) => {
        $crate::libfuzzer_sys::fuzz_target!(|bytes: &[u8]| $crate::check($name, bytes));
        $crate::libfuzzer_sys::fuzz_mutator!(
            |data: &mut [u8], size: usize, max_size: usize, seed: u32| {
                $crate::damage(data, size, max_size, seed)
            }
        );
    };
}
