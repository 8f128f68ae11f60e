use super::{BinaryFunction, Mode, UnaryFunction};
use crate::level::Level;

/// A 64-bit linear congruential generator; its upper bits are good enough here.
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let high = self.0 >> 32;
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        high << 32 | self.0 >> 32
    }

    fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * ((self.bits() >> 11) as f64 / (1_u64 << 53) as f64)
    }
}

const EDGES: [f64; 24] = [
    0.0,
    5e-324,
    f64::MIN_POSITIVE,
    1.0 - f64::EPSILON / 2.0,
    1.0,
    1.0 + f64::EPSILON,
    0.49999999999999994,
    0.5,
    1.5,
    2.0,
    2.5,
    3.0,
    10.0,
    2_147_483_647.0,
    2_147_483_648.0,
    4_294_967_295.0,
    4_294_967_296.5,
    2_251_799_813_685_248.0,
    4_503_599_627_370_496.5,
    9_007_199_254_740_991.0,
    1e20,
    1e300,
    f64::INFINITY,
    f64::NAN,
];

/// Numbers near which a branch may lie: edges, multiples of π/4 and ln 2 / 2, a dense row of high words, random bits.
fn arguments() -> Vec<f64> {
    let mut random = Random(1);
    let mut values = EDGES.to_vec();
    values.extend((1..2_000).map(|k| f64::from(k) * core::f64::consts::FRAC_PI_4));
    values.extend((1..2_200).map(|k| f64::from(k) * core::f64::consts::LN_2 / 2.0));
    values.extend((0..0x7ff0_0000_u64).step_by(0x3_8001).map(|word| f64::from_bits(word << 32)));
    values.extend(
        [(-4.0, 4.0), (-100.0, 100.0), (-8e5, 8e5)]
            .into_iter()
            .flat_map(|(from, to)| (0..3_000).map(|_| random.between(from, to)).collect::<Vec<_>>()),
    );
    let neighbours: Vec<f64> = values.iter().flat_map(|value| [value.next_down(), *value, value.next_up()]).collect();
    let random_bits = (0..20_000).map(|_| f64::from_bits(random.bits()));
    neighbours.into_iter().flat_map(|value| [value, -value]).chain(random_bits).collect()
}

/// Equal as JavaScript's Object.is has it: every NaN is one value, the zeros are two.
fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

#[test]
fn every_level_gives_the_bits_of_the_scalar_form() {
    let values = arguments();
    let mut results = vec![0.0; values.len()];
    for function in UnaryFunction::ALL {
        let scalar: Vec<f64> = values.iter().map(|x| function.scalar([*x])).collect();
        for level in Level::available() {
            function.run_at(level, [&values], &mut results);
            for ((x, result), expected) in values.iter().zip(&results).zip(&scalar) {
                assert!(
                    same(*result, *expected),
                    "{} of {x:e} at {level:?}: {result:e}, {expected:e}",
                    function.name()
                );
            }
        }
    }
}

#[test]
fn a_function_in_place_has_the_bits_of_the_scalar_form() {
    let values = arguments();
    for function in UnaryFunction::ALL {
        for level in Level::available() {
            for len in [1, 127, 513, values.len()] {
                // Random bits come last: many of them are beyond the lane forms.
                let values = &values[values.len() - len..];
                let mut results = values.to_vec();
                let place = results.as_mut_ptr();
                // SAFETY: the vector has that many numbers, and is operand and output at once.
                unsafe { function.run_between(level, [place.cast_const()], place, len) };
                for (x, result) in values.iter().zip(&results) {
                    assert!(same(*result, function.scalar([*x])), "{} of {x:e} at {level:?}, {len}", function.name());
                }
            }
        }
    }
}

#[test]
fn every_level_gives_the_bits_of_the_scalar_form_of_two_operands() {
    let mut random = Random(2);
    let signed: Vec<f64> = EDGES.into_iter().flat_map(|value| [value, -value]).collect();
    let (mut x, mut y): (Vec<f64>, Vec<f64>) = signed.iter().flat_map(|a| signed.iter().map(move |b| (*a, *b))).unzip();
    for range in [4.0, 100.0, 1e9, 1e200] {
        for _ in 0..5_000 {
            x.push(random.between(-range, range));
            y.push(random.between(-4.0, 4.0));
            x.push(random.between(-range, range));
            y.push(random.between(-range, range).round());
        }
    }
    for _ in 0..20_000 {
        x.push(f64::from_bits(random.bits()));
        y.push(f64::from_bits(random.bits()));
    }
    let mut results = vec![0.0; x.len()];
    for function in BinaryFunction::ALL {
        let scalar: Vec<f64> = x.iter().zip(&y).map(|(x, y)| function.scalar([*x, *y])).collect();
        for level in Level::available() {
            function.run_at(level, [&x, &y], &mut results);
            for (i, (result, expected)) in results.iter().zip(&scalar).enumerate() {
                let (x, y) = (x[i], y[i]);
                assert!(
                    same(*result, *expected),
                    "{function:?} of {x:e}, {y:e} at {level:?}: {result:e}, {expected:e}"
                );
            }
        }
    }
}

#[test]
fn few_lanes_of_a_documented_domain_take_the_scalar_form() {
    use UnaryFunction as F;
    let domains = [
        (F::Sin, -8.2e5, 8.2e5),
        (F::Sin, -100.0, 100.0),
        (F::Cos, -8.2e5, 8.2e5),
        (F::Tan, -8.2e5, 8.2e5),
        (F::Asin, -1.0, 1.0),
        (F::Acos, -1.0, 1.0),
        (F::Atan, -1e300, 1e300),
        (F::Sinh, -707.0, 707.0),
        (F::Cosh, -707.0, 707.0),
        (F::Tanh, -1e300, 1e300),
        (F::Asinh, -1e300, 1e300),
        (F::Acosh, 1.0, 1e300),
        (F::Atanh, -1.0, 1.0),
        (F::Exp, -707.0, 707.0),
        (F::Expm1, -709.0, 709.0),
        (F::Log, f64::MIN_POSITIVE, f64::MAX),
        (F::Log1p, -0.999, f64::MAX),
        (F::Log2, f64::MIN_POSITIVE, f64::MAX),
        (F::Log10, f64::MIN_POSITIVE, f64::MAX),
        (F::Cbrt, -1e300, 1e300),
    ];
    let mut random = Random(3);
    for (function, from, to) in domains {
        let values: Vec<f64> = (0..20_000).map(|_| random.between(from, to)).collect();
        let lanes = function.run([&values], &mut vec![0.0; values.len()]);
        assert!(lanes * 100 < 20_000, "{}: {lanes} of 20000", function.name());
    }
}

#[test]
fn lanes_on_the_scalar_path_are_counted() {
    let values = [1e22, 1.0, f64::NAN, 2.0];
    assert_eq!(UnaryFunction::Sin.run([&values], &mut [0.0; 4]), 2);
    let (x, y) = ([1e300, 5.0, f64::INFINITY], [1e-300, 3.0, 2.0]);
    assert_eq!(BinaryFunction::Remainder.run([&x, &y], &mut [0.0; 3]), 2);
}

#[test]
fn values_are_those_of_v8_where_other_libraries_differ() {
    // Each of the first three is one unit off what is correctly rounded.
    assert_eq!(UnaryFunction::Sin.scalar([2.2972127396273327]), 0.7475593979004815);
    assert_eq!(UnaryFunction::Exp.scalar([-3.8914313750925187]), 0.02041610201343818);
    assert_eq!(UnaryFunction::Log.scalar([6.501321848013354]), 1.8720055174593226);
    assert_eq!(UnaryFunction::Exp.scalar([1.0]), core::f64::consts::E);
    assert_eq!(BinaryFunction::PowerFdlibm.scalar([10.0, -5.0]), 0.000009999999999999999);
    assert_eq!(BinaryFunction::Power.in_mode(Mode::ExactFdlibm), BinaryFunction::PowerFdlibm);
    assert_eq!(BinaryFunction::Power.in_mode(Mode::ExactPlatformPower), BinaryFunction::Power);
}

#[test]
fn special_values_are_those_of_ecmascript() {
    use UnaryFunction as F;
    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;
    let cases = [
        (F::Acosh, 0.5, NAN),
        (F::Acosh, 1.0, 0.0),
        (F::Asin, -0.0, -0.0),
        (F::Asin, 1.5, NAN),
        (F::Atan, -INF, -core::f64::consts::FRAC_PI_2),
        (F::Atanh, 1.0, INF),
        (F::Cbrt, -0.0, -0.0),
        (F::Cbrt, -27.0, -3.0),
        (F::Ceil, -0.5, -0.0),
        (F::Clz32, -1.0, 0.0),
        (F::Clz32, NAN, 32.0),
        (F::Cos, INF, NAN),
        (F::Cosh, -INF, INF),
        (F::Exp, -INF, 0.0),
        (F::Expm1, -INF, -1.0),
        (F::Expm1, -0.0, -0.0),
        (F::F16round, 1.0 + 2f64.powi(-11) + 2f64.powi(-40), 1.0009765625),
        (F::F16round, 65_520.0, INF),
        (F::Fround, 1.1, 1.100000023841858),
        (F::Log, -1.0, NAN),
        (F::Log, -0.0, -INF),
        (F::Log10, 1000.0, 3.0),
        (F::Log1p, -0.0, -0.0),
        (F::Log1p, -1.0, -INF),
        (F::Log2, 8.0, 3.0),
        (F::Round, -0.5, -0.0),
        (F::Round, -2.5, -2.0),
        (F::Round, 0.49999999999999994, 0.0),
        (F::Sign, -0.0, -0.0),
        (F::Sin, -0.0, -0.0),
        (F::Sinh, -0.0, -0.0),
        (F::Sqrt, -0.0, -0.0),
        (F::Tan, -0.0, -0.0),
        (F::Tanh, -INF, -1.0),
        (F::Trunc, -0.7, -0.0),
    ];
    for (function, x, expected) in cases {
        let result = function.scalar([x]);
        assert!(same(result, expected), "{} of {x:?}: {result:?}, not {expected:?}", function.name());
    }
}

#[test]
fn special_values_of_two_operands_are_those_of_ecmascript() {
    use BinaryFunction as F;
    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;
    // R writes its NA so.
    let signalling = f64::from_bits(0x7FF0_0000_0000_07A2);
    let cases = [
        (F::Remainder, -5.0, 5.0, -0.0),
        (F::Remainder, 5.0, INF, 5.0),
        (F::Remainder, 1.0, 0.0, NAN),
        (F::Remainder, 1.0, 0.1, 0.09999999999999995),
        (F::Remainder, 1e308, 3.0, 2.0),
        (F::Power, NAN, 0.0, 1.0),
        (F::Power, signalling, 0.0, 1.0),
        (F::Power, signalling, -0.0, 1.0),
        (F::Power, signalling, 2.0, NAN),
        (F::Power, 1.0, NAN, NAN),
        (F::Power, -1.0, INF, NAN),
        (F::Power, -0.0, -1.0, -INF),
        (F::Power, -0.0, 0.5, 0.0),
        (F::Power, -INF, 0.5, INF),
        (F::PowerFdlibm, NAN, 0.0, 1.0),
        (F::PowerFdlibm, signalling, 0.0, 1.0),
        (F::PowerFdlibm, 1.0, NAN, NAN),
        (F::PowerFdlibm, -1.0, INF, NAN),
        (F::PowerFdlibm, -8.0, 1.0 / 3.0, NAN),
        (F::PowerFdlibm, -INF, -3.0, -0.0),
        (F::PowerFdlibm, -INF, 0.5, INF),
        (F::Minimum, -0.0, 0.0, -0.0),
        (F::Minimum, NAN, 1.0, NAN),
        (F::Maximum, -0.0, 0.0, 0.0),
        (F::Maximum, 1.0, NAN, NAN),
        (F::Imul, 4_294_967_295.0, 5.0, -5.0),
        (F::Atan2, -0.0, -0.0, -core::f64::consts::PI),
        (F::Atan2, 0.0, -INF, core::f64::consts::PI),
        (F::Hypot, INF, NAN, INF),
        (F::Hypot, -0.0, 0.0, 0.0),
    ];
    for (function, x, y, expected) in cases {
        let result = function.scalar([x, y]);
        assert!(same(result, expected), "{function:?} of {x:?}, {y:?}: {result:?}, not {expected:?}");
    }
}

#[test]
fn codes_and_functions_are_one_to_one() {
    for function in UnaryFunction::ALL {
        assert_eq!(UnaryFunction::from_code(*function as u16), Some(*function));
    }
    for function in BinaryFunction::ALL {
        assert_eq!(BinaryFunction::from_code(*function as u16), Some(*function));
        assert_eq!(UnaryFunction::from_code(*function as u16), None);
    }
}
