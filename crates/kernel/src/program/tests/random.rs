//! Random programs and values, from a seed.

use super::super::{Kind, Opcode};
use super::assembler::{Assembler, narrow};

/// SplitMix64: every seed gives a sequence of its own.
#[derive(Clone, Debug)]
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `bound`.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.bits() % bound as u64).unwrap()
    }

    pub(super) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    /// A number: small and large, whole and not, special, or any bits.
    pub(super) fn number(&mut self) -> f64 {
        const SPECIAL: [f64; 16] = [
            0.0,
            -0.0,
            1.0,
            -1.0,
            0.5,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::MAX,
            f64::MIN_POSITIVE,
            5e-324,
            2_147_483_648.0,
            4_294_967_295.5,
            4_503_599_627_370_495.5,
            9_007_199_254_740_991.0,
            1e20,
        ];
        match self.below(8) {
            0 => SPECIAL[self.below(SPECIAL.len())],
            1 => f64::from_bits(self.bits()),
            2 | 3 => self.below(41) as f64 - 20.0,
            _ => (self.bits() >> 11) as f64 / (1_u64 << 53) as f64 * 200.0 - 100.0,
        }
    }

    /// A program over numbers, or bigints, in which most instructions use the results just before them.
    pub(super) fn program(&mut self, kind: Kind) -> Assembler {
        let is_number = kind == Kind::Number;
        let mut program = Assembler::new(narrow(1 + self.below(4)));
        program.kind = kind;
        program.reads_index = is_number && self.one_in(3);
        program.scalars = narrow(self.below(3));
        program.tables = if is_number { narrow(self.below(3)) } else { 0 };
        program.constants = (0..self.below(5)).map(|_| self.lane(kind)).collect();
        let choices: Vec<Opcode> = Opcode::ALL
            .iter()
            .copied()
            .filter(|opcode| if is_number { opcode.is_available() } else { opcode.takes_bigints() })
            .filter(|opcode| *opcode != Opcode::Gather || program.tables > 0)
            .filter(|opcode| is_number || *opcode != Opcode::ShiftLeft || !program.constants.is_empty())
            .collect();
        for _ in 0..self.below(16) {
            if is_number && self.one_in(3) {
                self.phrase(&mut program);
                continue;
            }
            let opcode = choices[self.below(choices.len())];
            let mut operands: Vec<u16> = (0..opcode.operands()).map(|_| self.value(&program)).collect();
            if opcode == Opcode::Gather {
                operands[0] = narrow(self.below(program.tables.into()));
            }
            if !is_number && opcode == Opcode::ShiftLeft {
                operands[1] = program.constant(narrow(self.below(program.constants.len())));
            }
            program.push(opcode, &operands);
        }
        if self.one_in(8) {
            program.result = narrow(self.below((program.first_result() + narrow(program.instructions.len())).into()));
        }
        program
    }

    /// A value that exists already, one of the last ones half of the time.
    fn value(&mut self, program: &Assembler) -> u16 {
        let values = program.first_result() + narrow(program.instructions.len());
        let recent = if self.one_in(2) { values.min(3) } else { values };
        values - 1 - narrow(self.below(recent.into()))
    }

    /// Operations that follow each other often: what a compiler's output looks like, and what is fused.
    fn phrase(&mut self, program: &mut Assembler) {
        let [a, b, c, d] = [(); 4].map(|()| self.value(program));
        let sum = [Opcode::Add, Opcode::Subtract][self.below(2)];
        match self.below(6) {
            0 => {
                let (ab, cd) = (program.push(Opcode::Multiply, &[a, b]), program.push(Opcode::Multiply, &[c, d]));
                program.push(sum, &[ab, cd]);
            }
            1 => {
                let ab = program.push(Opcode::Multiply, &[a, b]);
                program.push(sum, &if self.one_in(2) { [ab, c] } else { [c, ab] });
            }
            2 => {
                // A polynomial in `a`, its coefficients among the values that are the same for every lane, if there are any.
                let coefficient = |random: &mut Self| {
                    let uniform = usize::from(program.scalars) + program.constants.len();
                    if uniform == 0 { b } else { program.parameters + narrow(random.below(uniform)) }
                };
                let coefficients: Vec<u16> = (0..2 + self.below(4)).map(|_| coefficient(self)).collect();
                let mut t = if self.one_in(2) { a } else { coefficients[0] };
                for coefficient in &coefficients[1..] {
                    let product = program.push(Opcode::Multiply, &if self.one_in(2) { [t, a] } else { [a, t] });
                    t = program.push(sum, &[product, *coefficient]);
                }
            }
            3 => {
                let compare = [Opcode::Less, Opcode::LessEqual][self.below(2)];
                let ab = program.push(Opcode::Multiply, &[a, b]);
                program.push(compare, &if self.one_in(2) { [ab, c] } else { [c, ab] });
            }
            4 => {
                let compare = [Opcode::Less, Opcode::LessEqual, Opcode::Equal, Opcode::NotEqual][self.below(4)];
                let mask = program.push(compare, &[a, b]);
                program.push(Opcode::Select, &[mask, c, d]);
            }
            _ => {
                let inner = [Opcode::Add, Opcode::Subtract, Opcode::Multiply][self.below(3)];
                let inner = program.push(inner, &[a, b]);
                program.push(Opcode::Multiply, &[inner, if self.one_in(2) { inner } else { c }]);
            }
        }
    }

    /// A lane of a program of that kind.
    pub(super) fn lane(&mut self, kind: Kind) -> u64 {
        match kind {
            Kind::Number => self.number().to_bits(),
            Kind::Bigint if self.one_in(2) => [0, 1, 2, 31, 32, 63, 64, 65, u64::MAX][self.below(9)],
            Kind::Bigint => self.bits(),
        }
    }
}
