//! How many lanes take the scalar form where arguments are as docs/numerics.md says: under one in a hundred.

use corepool_kernel::math::{BinaryFunction, UnaryFunction};

const LANES: usize = 1 << 18;

/// Numbers spread evenly over a range by a linear congruential generator.
fn spread(from: f64, to: f64, seed: u64) -> Vec<f64> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        from + (to - from) * ((state >> 11) as f64 / (1_u64 << 53) as f64)
    };
    (0..LANES).map(|_| next()).collect()
}

/// Where the vector form is documented to be.
fn domain(function: UnaryFunction) -> (f64, f64) {
    use UnaryFunction::{
        Acos, Acosh, Asin, Atanh, Cos, Cosh, Exp, ExpFused, Expm1, Log, Log1p, Log2, Log10, LogFused, Sin, Sinh, Tan,
        TanFused,
    };
    match function {
        Sin | Cos | Tan | TanFused => (-8.2e5, 8.2e5),
        Exp | ExpFused | Expm1 | Sinh | Cosh => (-707.0, 709.0),
        Log | LogFused | Log2 | Log10 => (f64::MIN_POSITIVE, 1e300),
        Log1p => (-1.0, 1e300),
        Asin | Acos | Atanh => (-1.0, 1.0),
        Acosh => (1.0, 1e300),
        _ => (-1e6, 1e6),
    }
}

fn assert_share(name: &str, lanes: u64) {
    assert!(lanes * 100 < LANES as u64, "{name}: {lanes} of {LANES} lanes took the scalar form");
}

#[test]
fn functions_of_one_number_leave_under_one_lane_in_a_hundred() {
    for &function in UnaryFunction::ALL {
        let (from, to) = domain(function);
        for (from, to) in [(from, to), (from.max(-100.0), to.min(100.0))] {
            let lanes = function.run([&spread(from, to, 3)], &mut vec![0.0; LANES]);
            assert_share(function.name(), lanes);
        }
    }
}

#[test]
fn functions_of_two_numbers_leave_under_one_lane_in_a_hundred() {
    for &function in BinaryFunction::ALL {
        let first = if function.name() == "pow" { (0.0, 10.0) } else { (-100.0, 100.0) };
        let (x, y) = (spread(first.0, first.1, 5), spread(-4.0, 4.0, 7));
        let lanes = function.run([&x, &y], &mut vec![0.0; LANES]);
        if function != BinaryFunction::Power || (has_fused_instructions() && !cfg!(target_env = "musl")) {
            assert_share(function.name(), lanes);
        }
    }
}

/// Whether the level of this process has them: without, as on musl, the platform's power has no vector form at all.
fn has_fused_instructions() -> bool {
    #[cfg(target_arch = "x86_64")]
    let has = std::arch::is_x86_feature_detected!("fma") && std::arch::is_x86_feature_detected!("avx2");
    #[cfg(not(target_arch = "x86_64"))]
    let has = cfg!(target_arch = "aarch64");
    has && std::env::var_os("COREPOOL_SIMD").is_none_or(|level| level != "sse2")
}
