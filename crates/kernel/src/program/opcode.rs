//! The operations that a program is made of, as docs/kernel-programs.md lists them.

/// Writes the enum and its tables from one list, so that no two of them can differ.
macro_rules! opcodes {
    ($($code:literal $name:ident $operands:literal)+) => {
        /// One operation on lanes. The discriminants are the codes of the format, the names those of the documentation with a
        /// capital.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u16)]
        #[expect(missing_docs, reason = "docs/kernel-programs.md says what each one computes")]
        pub enum Opcode {
            $($name = $code,)+
        }

        impl Opcode {
            /// Every opcode, by rising code.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The opcode with this code, if there is one.
            pub fn from_code(code: u16) -> Option<Self> {
                match code {
                    $($code => Some(Self::$name),)+
                    _ => None,
                }
            }

            /// Operands that it uses, the table of a gather among them.
            pub fn operands(self) -> usize {
                match self {
                    $(Self::$name => $operands,)+
                }
            }

            /// The name in the documentation.
            pub fn name(self) -> String {
                let name = match self {
                    $(Self::$name => stringify!($name),)+
                };
                let (first, rest) = name.split_at(1);
                first.to_ascii_lowercase() + rest
            }
        }
    };
}

opcodes! {
    1 Add 2
    2 Subtract 2
    3 Multiply 2
    4 Divide 2
    5 Remainder 2
    6 Power 2
    7 Minimum 2
    8 Maximum 2
    9 Less 2
    10 LessEqual 2
    11 Equal 2
    12 NotEqual 2
    13 Select 3
    14 Negate 1
    15 Not 1
    16 Truthy 1
    17 BitAnd 2
    18 BitOr 2
    19 BitXor 2
    20 BitNot 1
    21 ShiftLeft 2
    22 ShiftRight 2
    23 ShiftRightUnsigned 2
    24 MultiplyInt32 2
    25 LeadingZeros 1
    26 IsNaN 1
    27 IsFinite 1
    28 IsInteger 1
    29 Gather 2
    30 Hypot3 3
    64 Abs 1
    65 Sign 1
    66 Floor 1
    67 Ceil 1
    68 Trunc 1
    69 Round 1
    70 Sqrt 1
    71 Fround 1
    72 F16round 1
    80 Sin 1
    81 Cos 1
    82 Tan 1
    83 Asin 1
    84 Acos 1
    85 Atan 1
    86 Sinh 1
    87 Cosh 1
    88 Tanh 1
    89 Asinh 1
    90 Acosh 1
    91 Atanh 1
    92 Exp 1
    93 Expm1 1
    94 Log 1
    95 Log1p 1
    96 Log2 1
    97 Log10 1
    98 Cbrt 1
    99 Atan2 2
    100 Hypot 2
}

impl Opcode {
    /// The code in the format.
    pub fn code(self) -> u16 {
        self as u16
    }

    /// Whether this build can run it.
    pub fn is_available(self) -> bool {
        self != Self::Hypot3
    }

    /// Whether a bigint program may have it.
    pub fn takes_bigints(self) -> bool {
        matches!(
            self,
            Self::Add
                | Self::Subtract
                | Self::Multiply
                | Self::Negate
                | Self::BitAnd
                | Self::BitOr
                | Self::BitXor
                | Self::BitNot
                | Self::ShiftLeft
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Opcode;

    #[test]
    fn an_opcode_is_found_by_its_code_and_named_as_documented() {
        let documentation = include_str!("../../../../docs/kernel-programs.md");
        for opcode in Opcode::ALL {
            assert_eq!(Opcode::from_code(opcode.code()), Some(*opcode));
            assert!(documentation.contains(&format!("`{}`", opcode.name())), "{}", opcode.name());
            assert!((1..=3).contains(&opcode.operands()));
        }
        assert!(Opcode::ALL.windows(2).all(|pair| pair[0].code() < pair[1].code()));
        for code in [0, 31, 63, 73, 79, 101, u16::MAX] {
            assert_eq!(Opcode::from_code(code), None);
        }
    }
}
