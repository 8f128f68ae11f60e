//! How much CPU time the control groups of this process allow, in CPUs.
//!
//! A quota of a group holds for all groups inside it, so the lowest between the process's own group and the root counts. What
//! cannot be read or means nothing is no quota: a wrong guess here must never stop a pool from starting.

use std::fs;
use std::path::{Path, PathBuf};

/// CPUs' worth of time that the control groups (version 1 and 2) allow this process; `None` where nothing limits it.
pub fn cpu_quota() -> Option<f64> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    quota(&groups, &mounts)
}

/// The two interfaces of control groups. A process can be in groups of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

/// Where a hierarchy is mounted, and which of its groups appears there.
#[derive(Debug, PartialEq, Eq)]
struct Mount {
    version: Version,
    /// The group that the mount point shows: `/`, or the container's group.
    root: PathBuf,
    point: PathBuf,
}

/// The lowest quota, given the contents of `/proc/self/cgroup` and `/proc/self/mountinfo`.
fn quota(groups: &str, mounts: &str) -> Option<f64> {
    let quotas = mounts.lines().filter_map(parse_mount).filter_map(|mount| {
        let group = groups.lines().find_map(|line| parse_group(line, mount.version))?;
        lowest(&mount, group)
    });
    quotas.min_by(f64::total_cmp)
}

/// The path in a line `hierarchy:controllers:path` when that is the hierarchy that limits CPU time. Version 2 has number 0 and
/// names no controllers.
fn parse_group(line: &str, version: Version) -> Option<&Path> {
    let mut fields = line.splitn(3, ':');
    let (hierarchy, controllers, path) = (fields.next()?, fields.next()?, fields.next()?);
    let limits_cpu = match version {
        Version::One => controllers.split(',').any(|controller| controller == "cpu"),
        Version::Two => hierarchy == "0" && controllers.is_empty(),
    };
    limits_cpu.then_some(Path::new(path))
}

/// A line `id parent device root point options [optional…] - type source options` when it mounts a hierarchy that limits CPU
/// time.
fn parse_mount(line: &str) -> Option<Mount> {
    let (here, file_system) = line.split_once(" - ")?;
    let mut here = here.split(' ').skip(3);
    let (root, point) = (here.next()?, here.next()?);
    let mut file_system = file_system.split(' ');
    let version = match file_system.next()? {
        "cgroup2" => Version::Two,
        "cgroup" if file_system.nth(1)?.split(',').any(|option| option == "cpu") => Version::One,
        _ => return None,
    };
    Some(Mount { version, root: unescape(root), point: unescape(point) })
}

/// A path of mountinfo, where blanks and backslashes are written as octal numbers.
fn unescape(path: &str) -> PathBuf {
    let [space, tab, newline, backslash] = ["\\040", "\\011", "\\012", "\\134"];
    PathBuf::from(path.replace(space, " ").replace(tab, "\t").replace(newline, "\n").replace(backslash, "\\"))
}

/// The lowest quota between `group` and the mount point.
fn lowest(mount: &Mount, group: &Path) -> Option<f64> {
    // A container sees its own group as the mount's root, but may read its path as the host's; its limits are then at the point.
    let inside = group.strip_prefix(&mount.root).unwrap_or(Path::new(""));
    let directories = inside.ancestors().map(|ancestor| mount.point.join(ancestor));
    directories.filter_map(|directory| quota_of(mount.version, &directory)).min_by(f64::total_cmp)
}

/// The quota that one group sets.
fn quota_of(version: Version, directory: &Path) -> Option<f64> {
    let read = |file: &str| fs::read_to_string(directory.join(file)).ok();
    match version {
        Version::One => parse_quota(&read("cpu.cfs_quota_us")?, &read("cpu.cfs_period_us")?),
        Version::Two => parse_cpu_max(&read("cpu.max")?),
    }
}

/// `cpu.max` is `quota period`, or `max period` without a limit.
fn parse_cpu_max(text: &str) -> Option<f64> {
    let (quota, period) = text.trim().split_once(' ')?;
    parse_quota(quota, period)
}

/// Microseconds in each period of so many microseconds. A quota of -1 is none.
fn parse_quota(quota: &str, period: &str) -> Option<f64> {
    let (quota, period): (u32, u32) = (quota.trim().parse().ok()?, period.trim().parse().ok()?);
    (quota > 0 && period > 0).then(|| f64::from(quota) / f64::from(period))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::Folder;

    /// The line of mountinfo that mounts this folder, as the kernel would write it.
    fn mounted(folder: &Folder, version: Version, root: &str) -> String {
        let point = folder.path().to_str().unwrap().replace(' ', "\\040");
        match version {
            Version::One => {
                format!("33 32 0:29 {root} {point} rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct")
            }
            Version::Two => format!("42 32 0:26 {root} {point} rw,nosuid - cgroup2 cgroup2 rw,nsdelegate"),
        }
    }

    #[test]
    fn a_quota_is_time_per_period() {
        assert_eq!(parse_cpu_max("150000 100000\n"), Some(1.5));
        assert_eq!(parse_quota("50000\n", "100000\n"), Some(0.5));
    }

    #[test]
    fn no_limit_and_nonsense_are_no_quota() {
        for text in
            ["max 100000\n", "", "\n", "100000", "0 100000", "100000 0", "-1 100000", "1e5 100000", "a b", "1 2 3"]
        {
            assert_eq!(parse_cpu_max(text), None, "{text:?}");
        }
        for (quota, period) in [("-1\n", "100000\n"), ("", ""), ("0", "100000"), ("100000", "0"), ("x", "100000")] {
            assert_eq!(parse_quota(quota, period), None, "{quota:?} {period:?}");
        }
    }

    #[test]
    fn the_group_is_that_of_the_hierarchy_that_limits_cpu_time() {
        let text = "5:cpuset:/a\n4:cpu,cpuacct:/b\n1:name=systemd:/c\n0::/d:e\n";
        let group = |version| text.lines().find_map(|line| parse_group(line, version));
        assert_eq!(group(Version::One), Some(Path::new("/b")));
        assert_eq!(group(Version::Two), Some(Path::new("/d:e")));
        assert_eq!(parse_group("4:cpuset:/a", Version::One), None);
        assert_eq!(parse_group("nonsense", Version::Two), None);
    }

    #[test]
    fn a_mount_of_another_controller_is_none() {
        assert_eq!(parse_mount("33 32 0:29 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset"), None);
        assert_eq!(parse_mount("33 32 0:29 / /proc rw - proc proc rw"), None);
        assert_eq!(parse_mount("33 32 0:29 / /sys"), None);
        assert_eq!(parse_mount(""), None);
    }

    #[test]
    fn the_lowest_quota_up_to_the_root_counts() {
        let folder = Folder::new();
        folder.write("slice/cpu.max", "150000 100000\n");
        folder.write("slice/service/cpu.max", "400000 100000\n");
        folder.write("slice/service/worker/cpu.max", "max 100000\n");
        let mounts = mounted(&folder, Version::Two, "/");
        assert_eq!(quota("0::/slice/service/worker\n", &mounts), Some(1.5));
        assert_eq!(quota("0::/other\n", &mounts), None);
        assert_eq!(quota("", &mounts), None);
    }

    #[test]
    fn both_versions_count_when_a_process_is_in_both() {
        let (one, two) = (Folder::new(), Folder::new());
        one.write("group/cpu.cfs_quota_us", "50000\n");
        one.write("group/cpu.cfs_period_us", "100000\n");
        two.write("group/cpu.max", "300000 100000\n");
        let mounts = [mounted(&one, Version::One, "/"), mounted(&two, Version::Two, "/")].join("\n");
        assert_eq!(quota("4:cpu,cpuacct:/group\n0::/group\n", &mounts), Some(0.5));
        assert_eq!(quota("4:cpu,cpuacct:/\n0::/group\n", &mounts), Some(3.0));
    }

    #[test]
    fn a_container_finds_its_quota_at_the_mount_point_whatever_its_path() {
        let folder = Folder::new();
        folder.write("cpu.max", "200000 100000\n");
        for (root, group) in [("/docker/1f", "/docker/1f"), ("/docker/1f", "/somewhere/else"), ("/", "/")] {
            let mounts = mounted(&folder, Version::Two, root);
            assert_eq!(quota(&format!("0::{group}\n"), &mounts), Some(2.0), "{root} {group}");
        }
    }

    #[test]
    fn this_process_has_no_quota_or_a_positive_one() {
        assert!(cpu_quota().is_none_or(|quota| quota > 0.0));
    }
}
