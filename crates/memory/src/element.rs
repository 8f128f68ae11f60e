//! The element types of the typed arrays of JavaScript.

/// What one element of an array is. The discriminants are the codes that the TypeScript facade sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum ElementType {
    /// IEEE 754 binary64: `Float64Array`.
    Float64 = 0,
    /// IEEE 754 binary32: `Float32Array`.
    Float32 = 1,
    /// IEEE 754 binary16: `Float16Array`.
    Float16 = 2,
    /// Two's complement, 8 bits: `Int8Array`.
    Int8 = 3,
    /// Unsigned, 8 bits, stores wrap: `Uint8Array`.
    Uint8 = 4,
    /// Unsigned, 8 bits, stores clamp and round half to even: `Uint8ClampedArray`.
    Uint8Clamped = 5,
    /// Two's complement, 16 bits: `Int16Array`.
    Int16 = 6,
    /// Unsigned, 16 bits: `Uint16Array`.
    Uint16 = 7,
    /// Two's complement, 32 bits: `Int32Array`.
    Int32 = 8,
    /// Unsigned, 32 bits: `Uint32Array`.
    Uint32 = 9,
    /// Two's complement, 64 bits, a bigint in JavaScript: `BigInt64Array`.
    Int64 = 10,
    /// Unsigned, 64 bits, a bigint in JavaScript: `BigUint64Array`.
    Uint64 = 11,
}

impl ElementType {
    /// Every element type, in the order of the codes.
    pub const ALL: [Self; 12] = [
        Self::Float64,
        Self::Float32,
        Self::Float16,
        Self::Int8,
        Self::Uint8,
        Self::Uint8Clamped,
        Self::Int16,
        Self::Uint16,
        Self::Int32,
        Self::Uint32,
        Self::Int64,
        Self::Uint64,
    ];

    /// The element type with this code, if there is one.
    pub fn from_code(code: u32) -> Option<Self> {
        Self::ALL.get(usize::try_from(code).ok()?).copied()
    }

    /// Size of one element in bytes, which is also its alignment.
    pub const fn size(self) -> usize {
        match self {
            Self::Int8 | Self::Uint8 | Self::Uint8Clamped => 1,
            Self::Float16 | Self::Int16 | Self::Uint16 => 2,
            Self::Float32 | Self::Int32 | Self::Uint32 => 4,
            Self::Float64 | Self::Int64 | Self::Uint64 => 8,
        }
    }

    /// True for the element types whose values are bigints in JavaScript; they do not mix with the others.
    pub const fn is_bigint(self) -> bool {
        matches!(self, Self::Int64 | Self::Uint64)
    }
}

#[cfg(test)]
mod tests {
    use super::ElementType;

    #[test]
    fn the_code_of_an_element_type_is_its_discriminant() {
        for (code, element) in ElementType::ALL.into_iter().enumerate() {
            assert_eq!(element as usize, code);
            assert_eq!(ElementType::from_code(u32::try_from(code).unwrap()), Some(element));
        }
        assert_eq!(ElementType::from_code(12), None);
        assert_eq!(ElementType::from_code(u32::MAX), None);
    }
}
