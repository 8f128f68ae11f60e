//! What each operation does to one lane. ECMA-262 says what the results are; none of these has a branch that a vector loop could
//! not turn into a choice between two computed values.

use super::lanes::Function;
use crate::store::{to_uint32, toward_zero};

/// Writes a type for each function, so that each is a loop of its own.
macro_rules! functions {
    ($($(#[$meta:meta])* $name:ident[$($operand:ident),+] = $result:expr;)+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Copy, Debug)]
            pub(super) struct $name;

            impl Function<{ [$(stringify!($operand)),+].len() }> for $name {
                #[inline(always)]
                fn of([$($operand),+]: [f64; [$(stringify!($operand)),+].len()]) -> f64 {
                    $result
                }
            }
        )+
    };
}

functions! {
    Same[a] = a;
    Negate[a] = -a;
    Add[a, b] = a + b;
    Subtract[a, b] = a - b;
    Multiply[a, b] = a * b;
    Divide[a, b] = a / b;

    Less[a, b] = number(a < b);
    LessEqual[a, b] = number(a <= b);
    Equal[a, b] = number(a == b);
    NotEqual[a, b] = number(a != b);
    Not[a] = number(!truthy(a));
    Truthy[a] = number(truthy(a));
    IsNaN[a] = number(a.is_nan());
    IsFinite[a] = number(a.abs() < f64::INFINITY);
    IsInteger[a] = number(a.abs() < f64::INFINITY && toward_zero(a) == a);
    Select[m, x, y] = if truthy(m) { x } else { y };

    BitAnd[a, b] = signed(to_uint32(a) & to_uint32(b));
    BitOr[a, b] = signed(to_uint32(a) | to_uint32(b));
    BitXor[a, b] = signed(to_uint32(a) ^ to_uint32(b));
    BitNot[a] = signed(!to_uint32(a));
    ShiftLeft[a, b] = signed(to_uint32(a) << (to_uint32(b) & 31));
    ShiftRight[a, b] = f64::from(to_uint32(a).cast_signed() >> (to_uint32(b) & 31));
    ShiftRightUnsigned[a, b] = f64::from(to_uint32(a) >> (to_uint32(b) & 31));
}

// Two or more instructions in one pass: each rounds as it would alone.
functions! {
    /// a × b + c
    MultiplyAdd[a, b, c] = a * b + c;
    /// a × b − c
    MultiplySubtract[a, b, c] = a * b - c;
    /// c − a × b
    SubtractProduct[a, b, c] = c - a * b;
    /// (a × b) × c
    MultiplyTwice[a, b, c] = a * b * c;
    /// (a + b) × c
    AddMultiply[a, b, c] = (a + b) * c;
    /// (a − b) × c
    SubtractMultiply[a, b, c] = (a - b) * c;
    /// (a + b)²
    SquareOfSum[a, b] = (a + b) * (a + b);
    /// (a − b)²
    SquareOfDifference[a, b] = (a - b) * (a - b);
    /// a × b + c × d
    AddProducts[a, b, c, d] = a * b + c * d;
    /// a × b − c × d
    SubtractProducts[a, b, c, d] = a * b - c * d;
    /// Two steps of a polynomial in x.
    Horner2[t, x, c, d] = (t * x + c) * x + d;
    /// Three steps of a polynomial in x.
    Horner3[t, x, c, d, e] = ((t * x + c) * x + d) * x + e;
    SelectLess[a, b, x, y] = if a < b { x } else { y };
    SelectLessEqual[a, b, x, y] = if a <= b { x } else { y };
    SelectEqual[a, b, x, y] = if a == b { x } else { y };
    /// A product compared with c.
    ProductLess[a, b, c] = number(a * b < c);
    /// c compared with a product.
    ProductGreater[a, b, c] = number(c < a * b);
}

// Bigints modulo 2^64.
functions! {
    BigintNegate[a] = bits(a.to_bits().wrapping_neg());
    BigintAdd[a, b] = bits(a.to_bits().wrapping_add(b.to_bits()));
    BigintSubtract[a, b] = bits(a.to_bits().wrapping_sub(b.to_bits()));
    BigintMultiply[a, b] = bits(a.to_bits().wrapping_mul(b.to_bits()));
    BigintAnd[a, b] = bits(a.to_bits() & b.to_bits());
    BigintOr[a, b] = bits(a.to_bits() | b.to_bits());
    BigintXor[a, b] = bits(a.to_bits() ^ b.to_bits());
    BigintNot[a] = bits(!a.to_bits());
    BigintShiftLeft[a, b] = bits(if b.to_bits() < 64 { a.to_bits() << (b.to_bits() & 63) } else { 0 });
}

#[inline(always)]
fn bits(bits: u64) -> f64 {
    f64::from_bits(bits)
}

#[inline(always)]
fn number(is_true: bool) -> f64 {
    if is_true { 1.0 } else { 0.0 }
}

/// Neither 0, −0 nor NaN.
#[inline(always)]
fn truthy(a: f64) -> bool {
    a.abs() > 0.0
}

#[inline(always)]
fn signed(bits: u32) -> f64 {
    f64::from(bits.cast_signed())
}
