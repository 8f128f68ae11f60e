//! The widest vector instructions that this process may use, as one of a few levels.
//!
//! A level is a promise about instructions: code for it may be called wherever [`SimdLevel::detected`] gives it or a higher one.
//! `COREPOOL_SIMD` can only lower it, so a wrong value never makes code run that the CPU cannot.

use core::fmt;
use std::env;
use std::ffi::OsStr;

const VARIABLE: &str = "COREPOOL_SIMD";

/// A set of vector instructions. Each level of x86 has those below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimdLevel {
    /// None that are made use of.
    None,
    /// 128 bits, on every 64-bit x86.
    Sse2,
    /// 256 bits: AVX2 and FMA.
    Avx2,
    /// 512 bits: the F, BW, CD, DQ and VL sets.
    Avx512,
    /// 128 bits, on every 64-bit ARM.
    Neon,
}

impl SimdLevel {
    /// What the CPU and the system have.
    pub fn detected() -> Self {
        system::detected()
    }

    /// What the CPU and the system have, at most what `COREPOOL_SIMD` says: `sse2`, `avx2`, `avx512` or `neon`. A level of
    /// another architecture counts as this one's level of that rank. An empty variable counts as unset.
    ///
    /// # Errors
    /// [`SimdError`] for any other value.
    pub fn from_environment() -> Result<Self, SimdError> {
        Self::detected().at_most(env::var_os(VARIABLE).as_deref())
    }

    /// In lower case, as `COREPOOL_SIMD` has it: `none`, `sse2`, `avx2`, `avx512` or `neon`.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Sse2 => "sse2",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::Neon => "neon",
        }
    }

    fn at_most(self, limit: Option<&OsStr>) -> Result<Self, SimdError> {
        let limit = limit.map(|value| value.to_string_lossy().trim().to_owned()).unwrap_or_default();
        if limit.is_empty() {
            return Ok(self);
        }
        let levels = [Self::Sse2, Self::Avx2, Self::Avx512, Self::Neon];
        match levels.into_iter().find(|level| level.name() == limit) {
            Some(limit) if limit.rank() < self.rank() => {
                // Only x86 has ranks above its first.
                Ok(if limit.rank() == 1 { Self::Sse2 } else { limit })
            }
            Some(_) => Ok(self),
            None => Err(SimdError { value: limit }),
        }
    }

    fn rank(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Sse2 | Self::Neon => 1,
            Self::Avx2 => 2,
            Self::Avx512 => 3,
        }
    }
}

impl fmt::Display for SimdLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// `COREPOOL_SIMD` names no level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimdError {
    value: String,
}

impl SimdError {
    /// The variable's name.
    pub fn variable(&self) -> &'static str {
        VARIABLE
    }

    /// Its value.
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl fmt::Display for SimdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{VARIABLE} cannot be {:?}. Set it to sse2, avx2, avx512 or neon, or unset it to use what the CPU has.",
            self.value
        )
    }
}

impl core::error::Error for SimdError {}

#[cfg(any(target_arch = "x86_64", target_arch = "x86"))]
mod system {
    use std::arch::is_x86_feature_detected as has;

    use super::SimdLevel;

    /// Asks what the system saves at a switch of threads, too.
    pub(super) fn detected() -> SimdLevel {
        let has_avx2 = has!("avx2") && has!("fma");
        let has_avx512 =
            has!("avx512f") && has!("avx512bw") && has!("avx512cd") && has!("avx512dq") && has!("avx512vl");
        match (has_avx512, has_avx2) {
            (true, true) => SimdLevel::Avx512,
            (false, true) => SimdLevel::Avx2,
            _ if has!("sse2") => SimdLevel::Sse2,
            _ => SimdLevel::None,
        }
    }
}

#[cfg(target_arch = "aarch64")]
mod system {
    use super::SimdLevel;

    pub(super) fn detected() -> SimdLevel {
        SimdLevel::Neon
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "x86", target_arch = "aarch64")))]
mod system {
    use super::SimdLevel;

    pub(super) fn detected() -> SimdLevel {
        SimdLevel::None
    }
}

#[cfg(test)]
mod tests {
    use super::SimdLevel::{Avx2, Avx512, Neon, None, Sse2};
    use super::*;

    fn capped(level: SimdLevel, limit: &str) -> SimdLevel {
        level.at_most(Some(OsStr::new(limit))).unwrap()
    }

    #[test]
    fn a_variable_lowers_the_level_and_never_raises_it() {
        assert_eq!(["sse2", "avx2", "avx512"].map(|limit| capped(Avx512, limit)), [Sse2, Avx2, Avx512]);
        assert_eq!(["sse2", "avx2", "avx512"].map(|limit| capped(Avx2, limit)), [Sse2, Avx2, Avx2]);
        assert_eq!(["sse2", "avx2", "avx512"].map(|limit| capped(Sse2, limit)), [Sse2, Sse2, Sse2]);
        assert_eq!(capped(None, "avx512"), None);
    }

    #[test]
    fn a_level_of_another_architecture_counts_by_its_rank() {
        assert_eq!(["sse2", "avx2", "avx512", "neon"].map(|limit| capped(Neon, limit)), [Neon; 4]);
        assert_eq!([Sse2, Avx2, Avx512].map(|level| capped(level, "neon")), [Sse2; 3]);
    }

    #[test]
    fn an_unset_or_empty_variable_leaves_what_the_cpu_has() {
        assert_eq!(Avx2.at_most(Option::None), Ok(Avx2));
        assert_eq!([capped(Avx2, ""), capped(Neon, "  ")], [Avx2, Neon]);
        assert_eq!(capped(Avx2, " sse2\n"), Sse2);
    }

    #[test]
    fn any_other_value_is_refused_with_the_variable_the_value_and_the_next_step() {
        for value in ["none", "AVX2", "avx", "sse4.2", "0", "avx2,fma"] {
            let error = Avx512.at_most(Some(OsStr::new(value))).unwrap_err();
            assert_eq!((error.variable(), error.value()), ("COREPOOL_SIMD", value));
        }
        let error = Avx2.at_most(Some(OsStr::new("mmx"))).unwrap_err().to_string();
        assert_eq!(
            error,
            "COREPOOL_SIMD cannot be \"mmx\". Set it to sse2, avx2, avx512 or neon, or unset it to use what the CPU has."
        );
    }

    #[test]
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    fn the_level_is_what_the_kernel_says_the_cpu_has() {
        let info = std::fs::read_to_string("/proc/cpuinfo").unwrap();
        let flags: Vec<&str> = info.lines().find(|line| line.starts_with("flags")).unwrap().split(' ').collect();
        let has = |flag| flags.contains(&flag);
        let expected = match (has("avx512f") && has("avx512bw") && has("avx512vl"), has("avx2") && has("fma")) {
            (true, _) => Avx512,
            (false, true) => Avx2,
            _ => Sse2,
        };
        assert_eq!(SimdLevel::detected(), expected);
    }
}
