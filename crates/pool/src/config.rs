//! How a pool is made, and the environment variables that say so.

use core::fmt;
use core::time::Duration;
use std::env;
use std::ffi::OsString;

/// More threads than this are a mistake: each would cost a stack and a start for nothing.
pub const MAX_THREADS: usize = 4096;

/// Time that an idle worker spins after useful work before it parks. Waking a parked one costs the caller about 4 µs, and the
/// work starts about 8 µs later.
const DEFAULT_SPIN: Duration = Duration::from_micros(30);

const THREADS: &str = "COREPOOL_THREADS";
const PIN: &str = "COREPOOL_PIN";

/// How a pool is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Number of workers, from 1 to [`MAX_THREADS`] (numbers outside are moved to the nearer end); `None`: as many as the
    /// affinity set and the quota allow.
    pub threads: Option<usize>,
    /// Whether workers are pinned to CPUs.
    pub pin: bool,
    /// Longest time that a worker spins after useful work. It is not used where threads outnumber CPUs or the quota.
    pub spin: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self { threads: None, pin: true, spin: DEFAULT_SPIN }
    }
}

impl Config {
    /// The defaults, changed by `COREPOOL_THREADS` (a number of threads) and `COREPOOL_PIN` (0: workers are not pinned). An
    /// empty variable counts as unset.
    ///
    /// # Errors
    /// [`ConfigError`] for a value that is neither.
    pub fn from_environment() -> Result<Self, ConfigError> {
        Self::from_variables(|name| env::var_os(name))
    }

    fn from_variables(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        let text = |name| variable(name).map(|value| value.to_string_lossy().trim().to_owned());
        let mut config = Self::default();
        if let Some(value) = text(THREADS).filter(|value| !value.is_empty()) {
            match value.parse() {
                Ok(threads @ 1..=MAX_THREADS) => config.threads = Some(threads),
                _ => return Err(ConfigError { variable: THREADS, value }),
            }
        }
        if let Some(value) = text(PIN).filter(|value| !value.is_empty()) {
            match value.as_str() {
                "0" => config.pin = false,
                "1" => config.pin = true,
                _ => return Err(ConfigError { variable: PIN, value }),
            }
        }
        Ok(config)
    }
}

/// An environment variable with a value that means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    variable: &'static str,
    value: String,
}

impl ConfigError {
    /// The variable's name.
    pub fn variable(&self) -> &'static str {
        self.variable
    }

    /// Its value.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// What to do about it.
    pub fn next_step(&self) -> String {
        match self.variable {
            THREADS => format!("Set it to a whole number from 1 to {MAX_THREADS}, or unset it to use every CPU."),
            _ => "Set it to 0 to leave threads unpinned, or unset it.".to_owned(),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be {:?}. {}", self.variable, self.value, self.next_step())
    }
}

impl core::error::Error for ConfigError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(threads: &str, pin: &str) -> Result<Config, ConfigError> {
        Config::from_variables(|name| Some(if name == THREADS { threads.into() } else { pin.into() }))
    }

    #[test]
    fn unset_and_empty_variables_leave_the_defaults() {
        assert_eq!(Config::from_variables(|_| None), Ok(Config::default()));
        assert_eq!(read("", ""), Ok(Config::default()));
    }

    #[test]
    fn a_number_of_threads_is_taken() {
        assert_eq!(read("1", "").unwrap().threads, Some(1));
        assert_eq!(read(" 12 ", "").unwrap().threads, Some(12));
    }

    #[test]
    fn zero_turns_pinning_off_and_one_leaves_it_on() {
        assert!(!read("", "0").unwrap().pin);
        assert!(read("", "1").unwrap().pin);
    }

    #[test]
    fn other_values_are_refused_with_the_variable_the_value_and_the_next_step() {
        for value in ["0", "-1", "1.5", "many", "4097", "99999999999999999999"] {
            let error = read(value, "").unwrap_err();
            assert_eq!((error.variable(), error.value()), (THREADS, value));
            let text = error.to_string();
            assert!(text.contains(THREADS) && text.contains(value) && text.contains("from 1 to 4096"), "{text}");
        }
        let error = read("", "no").unwrap_err().to_string();
        assert_eq!(error, "COREPOOL_PIN cannot be \"no\". Set it to 0 to leave threads unpinned, or unset it.");
    }
}
