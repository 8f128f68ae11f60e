//! How long the system lets a thread run before others of its kind go first.

use core::marker::PhantomData;
use core::time::Duration;

#[cfg_attr(target_os = "linux", path = "turns/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "turns/other.rs")]
mod system;

/// Short turns of the calling thread, until this is dropped. To yield costs it no more than one of them, where Linux takes a whole turn of
/// some milliseconds from who yields otherwise. Its share of a CPU stays what it was.
#[derive(Debug)]
pub struct ShortTurns {
    before: system::Turns,
    /// Dropped on another thread, it would change that one's turns.
    _of_this_thread: PhantomData<*const ()>,
}

impl ShortTurns {
    /// `None` where the system alone decides: Linux before 6.12, other systems, and threads of a real-time policy.
    pub fn begin(length: Duration) -> Option<Self> {
        let before = system::Turns::of_this_thread()?;
        before.shorten(length).then_some(Self { before, _of_this_thread: PhantomData })
    }
}

impl Drop for ShortTurns {
    fn drop(&mut self) {
        self.before.restore();
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// Nanoseconds of this thread's turns; `None` where the system alone decides.
    fn length() -> Option<u64> {
        system::Turns::of_this_thread().map(|turns| turns.nanoseconds())
    }

    #[test]
    fn turns_are_short_until_the_end_and_then_as_before() {
        let before = length();
        let turns = ShortTurns::begin(Duration::from_micros(200));
        assert_eq!(turns.is_some(), before.is_some());
        assert_eq!(length(), before.map(|_| 200_000));
        drop(turns);
        assert_eq!(length(), before);
    }
}
