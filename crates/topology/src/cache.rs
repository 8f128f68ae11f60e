//! How large the caches are that the usable CPUs work through.
//!
//! What cannot be read is left out: whoever chooses a block size by this has one without it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The caches of the CPUs in `cpus`, by name (`L1d`, `L1i`, `L2`, `L3`, …), in bytes. Where CPUs differ, the smallest: what fits
/// there fits everywhere. Empty where the system does not say.
///
/// Reads a few files for each CPU: for a start, or for display.
pub fn cache_sizes(cpus: &[usize]) -> BTreeMap<String, u64> {
    if !cfg!(target_os = "linux") {
        return BTreeMap::new();
    }
    sizes_below(Path::new("/sys/devices/system/cpu"), cpus)
}

fn sizes_below(folder: &Path, cpus: &[usize]) -> BTreeMap<String, u64> {
    let mut sizes = BTreeMap::new();
    for cpu in cpus {
        let caches = fs::read_dir(folder.join(format!("cpu{cpu}/cache")));
        for cache in caches.into_iter().flatten().flatten() {
            if let Some((name, size)) = read(&cache.path()) {
                let smallest = sizes.entry(name).or_insert(size);
                *smallest = size.min(*smallest);
            }
        }
    }
    sizes
}

/// Name and size of the cache that this folder describes.
fn read(cache: &Path) -> Option<(String, u64)> {
    let text = |file| Some(fs::read_to_string(cache.join(file)).ok()?.trim().to_owned());
    let kind = match text("type")?.as_str() {
        "Data" => "d",
        "Instruction" => "i",
        "Unified" => "",
        _ => return None,
    };
    let level: u32 = text("level")?.parse().ok()?;
    Some((format!("L{level}{kind}"), parse_size(&text("size")?)?))
}

/// `48K` is 48 times 1,024 bytes; the kernel also writes M and G.
fn parse_size(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(['K', 'M', 'G']);
    let shift = match &text[digits.len()..] {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        _ => return None,
    };
    let count: u64 = digits.parse().ok()?;
    count.checked_mul(1 << shift).filter(|&size| size > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::Folder;

    fn cache(folder: &Folder, cpu: usize, index: usize, [level, kind, size]: [&str; 3]) {
        for (file, text) in [("level", level), ("type", kind), ("size", size)] {
            folder.write(&format!("cpu{cpu}/cache/index{index}/{file}"), &format!("{text}\n"));
        }
    }

    #[test]
    fn a_size_has_a_unit_or_is_bytes() {
        assert_eq!(
            ["48K", "32768K", "8M", "1G", "512"].map(parse_size),
            [48 << 10, 32 << 20, 8 << 20, 1 << 30, 512].map(Some)
        );
        for text in ["", "K", "-1K", "1KK", "4T", "0K", "99999999999G", "1.5M"] {
            assert_eq!(parse_size(text), None, "{text:?}");
        }
    }

    #[test]
    fn caches_are_named_by_level_and_kind_and_the_smallest_of_the_usable_cpus_counts() {
        let folder = Folder::new();
        for (cpu, first, second) in [(0, "48K", "2M"), (4, "32K", "4096K"), (9, "1K", "1K")] {
            cache(&folder, cpu, 0, ["1", "Data", first]);
            cache(&folder, cpu, 1, ["1", "Instruction", "64K"]);
            cache(&folder, cpu, 2, ["2", "Unified", second]);
        }
        folder.write("cpu0/cache/uevent", "");
        let found = sizes_below(folder.path(), &[0, 4, 77]);
        let expected = [("L1d", 32 << 10), ("L1i", 64 << 10), ("L2", 2 << 20)];
        assert_eq!(found, expected.map(|(name, size)| (name.to_owned(), size)).into());
    }

    #[test]
    fn what_cannot_be_read_or_means_nothing_is_left_out() {
        let folder = Folder::new();
        cache(&folder, 0, 0, ["1", "Data", "large"]);
        cache(&folder, 0, 1, ["two", "Unified", "1M"]);
        cache(&folder, 0, 2, ["3", "Trace", "1M"]);
        folder.write("cpu0/cache/index4/level", "4");
        assert_eq!(sizes_below(folder.path(), &[0]), BTreeMap::new());
        assert_eq!(cache_sizes(&[]), BTreeMap::new());
    }

    #[test]
    fn caches_of_this_machine_grow_with_their_level() {
        let sizes = cache_sizes(&crate::usable_cpus());
        let by_level: Vec<u64> = ["L1d", "L2"].iter().filter_map(|name| sizes.get(*name)).copied().collect();
        assert!(by_level.is_sorted(), "{sizes:?}");
    }
}
