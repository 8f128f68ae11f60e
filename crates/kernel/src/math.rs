//! The functions of JavaScript's `Math`, and `%` and `**`, over blocks of doubles.
//!
//! A function is a leaf of the block VM: [`UnaryFunction::run`] and [`BinaryFunction::run`] compute it for a slice, with the
//! vector instructions of a level, and `scalar` for one number, with the same bits. The exact functions have the bits of V8 11
//! to 14 on x86-64: V8 takes them from fdlibm, and each file here follows fdlibm's formulas in fdlibm's order, without a fused
//! operation. Where a function's value depends on the version of V8, [`Mode`] says which form to take.
//!
//! How the files are laid out: `lane` is what a function is to `block`, which runs it; `words` is a double as two words;
//! `reduction` is π/2 taken out of an angle; `fused` has the cheaper forms of [`Mode::WithinAnUlp`]; the others are the functions, a family a file.
//!
//! fdlibm's notice, which covers its formulas and coefficients in this folder:
//!
//! ```text
//! Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
//!
//! Developed at SunSoft, a Sun Microsystems, Inc. business.
//! Permission to use, copy, modify, and distribute this
//! software is freely granted, provided that this notice
//! is preserved.
//! ```

mod block;
mod exponential;
mod fused;
mod hyperbolic;
mod inverse_hyperbolic;
mod inverse_trigonometric;
mod lane;
mod logarithmic;
mod platform_power;
mod power;
mod power_tables;
mod reduction;
mod remainder;
mod root;
mod rounding;
mod trigonometric;
mod words;

use lane::{Binary, Unary};
pub(crate) use rounding::{maximum, minimum};

use crate::level::Level;
use crate::scalar_lanes::ScalarLanes;

/// Which values the functions have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Mode {
    /// V8 7.4 to 12 (Node 22 and older): everything from fdlibm.
    ExactFdlibm = 0,
    /// V8 13 and 14 (Node 24 and 26): as before, but `**` from the platform's `pow`.
    ExactPlatformPower = 1,
    /// Within an ulp of the correctly rounded result, two for `log10`, `atan2` and the hyperbolics; exp, log, tan and `**` cost less.
    /// Where there are no fused instructions, as [`Mode::ExactFdlibm`].
    WithinAnUlp = 2,
}

impl Mode {
    /// The mode with this code, if there is one.
    pub fn from_code(code: u32) -> Option<Self> {
        [Self::ExactFdlibm, Self::ExactPlatformPower, Self::WithinAnUlp].into_iter().find(|mode| *mode as u32 == code)
    }
}

/// Declares the functions of one arity: code, JavaScript's name, and the type in which the two forms are.
macro_rules! functions {
    (
        $(#[$meta:meta])* $enum:ident: $form:ident, $run:path, $arity:literal;
        $($variant:ident = $code:literal $name:literal => $type:path;)+
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u16)]
        pub enum $enum {$(
            #[doc = concat!("`", $name, "`")]
            $variant = $code,
        )+}

        impl $enum {
            /// Every function, in the order of the codes.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The function with this code, if there is one.
            pub fn from_code(code: u16) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// JavaScript's name of it, or NumPy's where JavaScript has none.
            pub fn name(self) -> &'static str {
                match self {$(Self::$variant => $name,)+}
            }

            /// The function's value for every element. Returns how many lanes took the scalar form, because no vector form covers
            /// their arguments.
            ///
            /// # Panics
            /// When the slices differ in length.
            pub(crate) fn run_at(self, level: Level, operands: [&[f64]; $arity], results: &mut [f64]) -> u64 {
                assert!(operands.iter().all(|values| values.len() == results.len()), "operands of one length");
                let pointers = operands.map(<[f64]>::as_ptr);
                // SAFETY: all slices have that many elements, and a borrow for writing is disjoint from any other.
                unsafe { self.run_between(level, pointers, results.as_mut_ptr(), results.len()) }
            }

            /// [`Self::run_at`] from memory to memory.
            ///
            /// # Safety
            /// The operands must be valid for reads and `output` for writes of `len` doubles, all aligned; each operand must start
            /// where `output` does, or share no memory with it; nobody else may write `output`, except where it is memory that
            /// JavaScript shares.
            pub(crate) unsafe fn run_between(
                self,
                level: Level,
                operands: [*const f64; $arity],
                output: *mut f64,
                len: usize,
            ) -> u64 {
                match self {$(
                    // SAFETY: this function's contract, handed on.
                    Self::$variant => unsafe { $run($type, level, operands, output, len) },
                )+}
            }

            /// The lanes that took the scalar form, of all element-wise passes and fused reductions of this function so far.
            pub(crate) fn scalar_lanes(self) -> &'static ScalarLanes {
                match self {$(
                    Self::$variant => {
                        static LANES: ScalarLanes = ScalarLanes::new();
                        &LANES
                    }
                )+}
            }

            /// [`Self::run_at`] on the level of this process.
            pub fn run(self, operands: [&[f64]; $arity], results: &mut [f64]) -> u64 {
                self.run_at(Level::chosen(), operands, results)
            }

            /// The function's value for one argument: the bits of the vector form.
            pub fn scalar(self, operands: [f64; $arity]) -> f64 {
                match self {$(Self::$variant => <$type as $form>::scalar_of(operands),)+}
            }
        }
    };
}

functions! {
    /// A function of one number. The discriminants are the opcodes of kernel programs (docs/kernel-programs.md); codes from 256
    /// on are not in programs.
    UnaryFunction: Unary, block::unary, 1;
    Clz32 = 25 "clz32" => rounding::Clz32;
    Abs = 64 "abs" => rounding::Abs;
    Sign = 65 "sign" => rounding::Sign;
    Floor = 66 "floor" => rounding::Floor;
    Ceil = 67 "ceil" => rounding::Ceil;
    Trunc = 68 "trunc" => rounding::Trunc;
    Round = 69 "round" => rounding::Round;
    Sqrt = 70 "sqrt" => root::Sqrt;
    Fround = 71 "fround" => rounding::Fround;
    F16round = 72 "f16round" => rounding::F16round;
    Sin = 80 "sin" => trigonometric::Sin;
    Cos = 81 "cos" => trigonometric::Cos;
    Tan = 82 "tan" => trigonometric::Tan;
    Asin = 83 "asin" => inverse_trigonometric::Asin;
    Acos = 84 "acos" => inverse_trigonometric::Acos;
    Atan = 85 "atan" => inverse_trigonometric::Atan;
    Sinh = 86 "sinh" => hyperbolic::Sinh;
    Cosh = 87 "cosh" => hyperbolic::Cosh;
    Tanh = 88 "tanh" => hyperbolic::Tanh;
    Asinh = 89 "asinh" => inverse_hyperbolic::Asinh;
    Acosh = 90 "acosh" => inverse_hyperbolic::Acosh;
    Atanh = 91 "atanh" => inverse_hyperbolic::Atanh;
    Exp = 92 "exp" => exponential::Exp;
    Expm1 = 93 "expm1" => exponential::Expm1;
    Log = 94 "log" => logarithmic::Log;
    Log1p = 95 "log1p" => logarithmic::Log1p;
    Log2 = 96 "log2" => logarithmic::Log2;
    Log10 = 97 "log10" => logarithmic::Log10;
    Cbrt = 98 "cbrt" => root::Cbrt;
    Reciprocal = 257 "reciprocal" => rounding::Reciprocal;
    Negate = 258 "neg" => rounding::Negate;
    ExpFused = 259 "exp" => fused::ExpFused;
    LogFused = 260 "log" => fused::LogFused;
    TanFused = 261 "tan" => fused::TanFused;
}

functions! {
    /// A function of two numbers. The discriminants are the opcodes of kernel programs (docs/kernel-programs.md); codes from
    /// 256 on are not in programs: forms that a mode chooses.
    BinaryFunction: Binary, block::binary, 2;
    Remainder = 5 "%" => remainder::Remainder;
    Power = 6 "pow" => platform_power::Power;
    Minimum = 7 "min" => rounding::Minimum;
    Maximum = 8 "max" => rounding::Maximum;
    Imul = 24 "imul" => rounding::Imul;
    Atan2 = 99 "atan2" => inverse_trigonometric::Atan2;
    Hypot = 100 "hypot" => root::Hypot;
    PowerFdlibm = 256 "pow" => power::PowerFdlibm;
}

/// Whether forms with fused operations are worth it in this process.
fn has_fused_forms(mode: Mode) -> bool {
    mode == Mode::WithinAnUlp && Level::chosen().has_fma()
}

impl UnaryFunction {
    /// The form of this function that `mode` asks for.
    pub fn in_mode(self, mode: Mode) -> Self {
        match self {
            Self::Exp if has_fused_forms(mode) => Self::ExpFused,
            Self::Log if has_fused_forms(mode) => Self::LogFused,
            Self::Tan if has_fused_forms(mode) => Self::TanFused,
            _ => self,
        }
    }
}

impl BinaryFunction {
    /// The form of this function that `mode` asks for.
    pub fn in_mode(self, mode: Mode) -> Self {
        match (self, mode) {
            (Self::Power, Mode::ExactFdlibm | Mode::WithinAnUlp) if !has_fused_forms(mode) => Self::PowerFdlibm,
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests;
