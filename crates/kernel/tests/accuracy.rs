//! How far the functions of [`corepool_kernel::math`] are from the true value, in units of the result's last place, against a
//! computation with 192 bits. The bounds are those of docs/numerics.md; what fdlibm reaches on the ranges here is below them.

use std::cell::RefCell;

use astro_float_num::{BigFloat, Consts, RoundingMode};
use corepool_kernel::math::{BinaryFunction, UnaryFunction};

const BITS: usize = 192;
const ROUND: RoundingMode = RoundingMode::None;
const SAMPLES: u32 = 600;

/// A number to 192 bits, and the cache of constants that computing with it wants.
struct Wide<'a> {
    x: BigFloat,
    constants: &'a RefCell<Consts>,
}

impl Wide<'_> {
    fn with(&self, f: impl Fn(&BigFloat, &mut Consts) -> BigFloat) -> BigFloat {
        f(&self.x, &mut self.constants.borrow_mut())
    }
}

fn wide(x: f64) -> BigFloat {
    BigFloat::from_f64(x, BITS)
}

/// The value of a big number as a double, to 52 bits or more: for differences and their sizes.
fn rough(x: &BigFloat) -> f64 {
    let Some((words, _, sign, exponent, _)) = x.as_raw_parts() else { return f64::NAN };
    let top = words.last().map_or(0.0, |word| *word as f64 / 2f64.powi(64));
    let magnitude = top * 2f64.powi(exponent);
    if sign.is_negative() { -magnitude } else { magnitude }
}

/// |result − exact| in units of the last place of the exact value.
fn error_in_ulps(result: f64, exact: &BigFloat) -> f64 {
    let difference = rough(&exact.sub(&wide(result), BITS, ROUND));
    let size = rough(exact).abs();
    difference.abs() / (size.next_up() - size)
}

/// Uniform numbers, the same in every run.
fn uniform(from: f64, to: f64) -> impl Iterator<Item = f64> {
    (0..SAMPLES).map(move |i| {
        // Steps of the golden ratio fill the range evenly, with full significands.
        let t = f64::from(i) * 0.618_033_988_749_894_9 + 0.1;
        from + (to - from) * t.fract()
    })
}

type Exact = fn(&Wide<'_>) -> BigFloat;

#[test]
fn functions_of_one_number_are_within_their_bounds() {
    use UnaryFunction as F;
    let constants = RefCell::new(Consts::new().unwrap());
    let cases: [(F, f64, f64, f64, Exact); 33] = [
        (F::Sin, -4.0, 4.0, 1.0, |w| w.with(|x, c| x.sin(BITS, ROUND, c))),
        (F::Sin, -1e6, 1e6, 1.0, |w| w.with(|x, c| x.sin(BITS, ROUND, c))),
        (F::Cos, -100.0, 100.0, 1.0, |w| w.with(|x, c| x.cos(BITS, ROUND, c))),
        (F::Tan, -4.0, 4.0, 1.0, |w| w.with(|x, c| x.tan(BITS, ROUND, c))),
        (F::Asin, -1.0, 1.0, 1.0, |w| w.with(|x, c| x.asin(BITS, ROUND, c))),
        (F::Acos, -1.0, 1.0, 1.0, |w| w.with(|x, c| x.acos(BITS, ROUND, c))),
        (F::Atan, -4.0, 4.0, 1.0, |w| w.with(|x, c| x.atan(BITS, ROUND, c))),
        (F::Sinh, -4.0, 4.0, 2.5, |w| w.with(|x, c| x.sinh(BITS, ROUND, c))),
        (F::Cosh, -4.0, 4.0, 2.5, |w| w.with(|x, c| x.cosh(BITS, ROUND, c))),
        (F::Tanh, -4.0, 4.0, 2.5, |w| w.with(|x, c| x.tanh(BITS, ROUND, c))),
        (F::Asinh, -4.0, 4.0, 2.5, |w| w.with(|x, c| x.asinh(BITS, ROUND, c))),
        (F::Acosh, 1.0, 10.0, 2.5, |w| w.with(|x, c| x.acosh(BITS, ROUND, c))),
        (F::Atanh, -1.0, 1.0, 2.5, |w| w.with(|x, c| x.atanh(BITS, ROUND, c))),
        (F::Exp, -4.0, 4.0, 1.0, |w| w.with(|x, c| x.exp(BITS, ROUND, c))),
        (F::Exp, -700.0, 700.0, 1.0, |w| w.with(|x, c| x.exp(BITS, ROUND, c))),
        (F::Log, 0.0, 10.0, 1.0, |w| w.with(|x, c| x.ln(BITS, ROUND, c))),
        (F::Log, 0.9, 1.1, 1.0, |w| w.with(|x, c| x.ln(BITS, ROUND, c))),
        (F::ExpFused, -4.0, 4.0, 1.0, |w| w.with(|x, c| x.exp(BITS, ROUND, c))),
        (F::ExpFused, -700.0, 700.0, 1.0, |w| w.with(|x, c| x.exp(BITS, ROUND, c))),
        (F::LogFused, 0.0, 10.0, 1.0, |w| w.with(|x, c| x.ln(BITS, ROUND, c))),
        (F::LogFused, 0.9, 1.1, 1.0, |w| w.with(|x, c| x.ln(BITS, ROUND, c))),
        (F::LogFused, 0.0, 1e300, 1.0, |w| w.with(|x, c| x.ln(BITS, ROUND, c))),
        (F::TanFused, -4.0, 4.0, 1.0, |w| w.with(|x, c| x.tan(BITS, ROUND, c))),
        (F::TanFused, -0.8, 0.8, 1.0, |w| w.with(|x, c| x.tan(BITS, ROUND, c))),
        (F::TanFused, 0.7, 0.79, 1.0, |w| w.with(|x, c| x.tan(BITS, ROUND, c))),
        (F::TanFused, -8e5, 8e5, 1.0, |w| w.with(|x, c| x.tan(BITS, ROUND, c))),
        (F::Log2, 0.0, 10.0, 1.0, |w| w.with(|x, c| x.log2(BITS, ROUND, c))),
        (F::Log10, 0.0, 10.0, 2.5, |w| w.with(|x, c| x.log10(BITS, ROUND, c))),
        (F::Cbrt, -4.0, 4.0, 1.0, |w| w.x.cbrt(BITS, ROUND)),
        (F::Sqrt, 0.0, 4.0, 0.5001, |w| w.x.sqrt(BITS, ROUND)),
        (F::Reciprocal, 1.0, 4.0, 0.5001, |w| w.x.reciprocal(BITS, ROUND)),
        (F::Expm1, -1.0, 1.0, 1.0, |w| w.with(|x, c| x.exp(BITS, ROUND, c).sub(&wide(1.0), BITS, ROUND))),
        (F::Log1p, -0.9, 4.0, 1.0, |w| w.with(|x, c| x.add(&wide(1.0), BITS, ROUND).ln(BITS, ROUND, c))),
    ];
    for (function, from, to, bound, exact) in cases {
        let values: Vec<f64> = uniform(from, to).collect();
        let mut results = vec![0.0; values.len()];
        function.run([&values], &mut results);
        let mut worst = (0.0, 0.0);
        for (x, result) in values.iter().zip(&results) {
            let error = error_in_ulps(*result, &exact(&Wide { x: wide(*x), constants: &constants }));
            if error > worst.0 || error.is_nan() {
                worst = (error, *x);
            }
        }
        println!("{function:?} [{from}, {to}]: at most {:.3} ulp", worst.0);
        assert!(worst.0 <= bound, "{} of {:e} is off by {} ulp", function.name(), worst.1, worst.0);
    }
}

#[test]
fn functions_of_two_numbers_are_within_their_bounds() {
    use BinaryFunction as F;
    let mut constants = Consts::new().unwrap();
    let x: Vec<f64> = uniform(0.01, 10.0).collect();
    let y: Vec<f64> = uniform(-4.0, 4.0).map(|y| (y * 7.3).sin() * 4.0).collect();
    for (function, bound) in [(F::Power, 0.53), (F::PowerFdlibm, 1.0), (F::Atan2, 1.5), (F::Hypot, 2.0)] {
        let mut results = vec![0.0; x.len()];
        function.run([&x, &y], &mut results);
        let mut worst: f64 = 0.0;
        for ((x, y), result) in x.iter().zip(&y).zip(&results) {
            let (a, b) = (wide(*x), wide(*y));
            let exact = match function {
                // Arguments are y, then x: the angle of (y, x) here, brought to the half plane where x is below 0.
                F::Atan2 => {
                    let angle = a.div(&b, BITS, ROUND).atan(BITS, ROUND, &mut constants);
                    if *y < 0.0 { angle.add(&constants.pi(BITS, ROUND), BITS, ROUND) } else { angle }
                }
                F::Hypot => {
                    let squares = [&a, &b].map(|v| v.mul(v, 2 * BITS, ROUND));
                    squares[0].add(&squares[1], BITS, ROUND).sqrt(BITS, ROUND)
                }
                _ => a.pow(&b, BITS, ROUND, &mut constants),
            };
            worst = worst.max(error_in_ulps(*result, &exact));
        }
        println!("{function:?}: at most {worst:.3} ulp");
        assert!(worst <= bound, "{function:?} is off by {worst} ulp");
    }
}
