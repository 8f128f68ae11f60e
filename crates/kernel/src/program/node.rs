//! A program as a graph of operations, between its instructions and the steps that run: here neighbours are fused.

use super::decode::{Decoded, Value};
use super::opcode::Opcode;
use super::uniform::Uniforms;

/// What a node computes: an opcode, or several in one pass over the lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    /// The value itself.
    Copy,
    /// One instruction.
    Single(Opcode),
    /// a × b + c
    MultiplyAdd,
    /// a × b − c
    MultiplySubtract,
    /// c − a × b
    SubtractProduct,
    /// (a × b) × c
    MultiplyTwice,
    /// (a + b) × c
    AddMultiply,
    /// (a − b) × c
    SubtractMultiply,
    /// (a + b)²
    SquareOfSum,
    /// (a − b)²
    SquareOfDifference,
    /// a × b + c × d
    AddProducts,
    /// a × b − c × d
    SubtractProducts,
    /// (t × x + c) × x + d; the operands are t, x, c, d.
    Horner2,
    /// ((t × x + c) × x + d) × x + e; the operands are t, x, c, d, e.
    Horner3,
    /// The comparison of a and b chooses between c and d.
    SelectLess,
    /// As above.
    SelectLessEqual,
    /// As above.
    SelectEqual,
    /// a × b < c
    ProductLess,
    /// c < a × b
    ProductGreater,
}

/// Operands that an operation has at most.
pub(super) const MAX_OPERANDS: usize = 5;

/// Where an operand comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The same value for every lane: the slot of the uniforms.
    Uniform(u16),
    /// An array among the operands of the call.
    Parameter(u16),
    /// The index of the lane's element.
    Index,
    /// The result of the node.
    Node(u16),
}

/// An operation and its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) operation: Operation,
    operands: [Origin; MAX_OPERANDS],
    arity: u8,
    /// Of a gather.
    pub(super) table: u16,
}

impl Node {
    fn new(operation: Operation, operands: &[Origin], table: u16) -> Self {
        let mut node = Self { operation, operands: [Origin::Index; MAX_OPERANDS], arity: 0, table };
        for (place, operand) in node.operands.iter_mut().zip(operands) {
            *place = *operand;
            node.arity += 1;
        }
        node
    }

    pub(super) fn operands(&self) -> &[Origin] {
        &self.operands[..self.arity.into()]
    }
}

/// The operations that the result needs, in an order in which operands come before their users.
#[derive(Clone, Debug)]
pub(super) struct Graph {
    /// By the number of the instruction; None where it is not needed, is the same for every lane, or is part of a later one.
    pub(super) nodes: Vec<Option<Node>>,
    pub(super) result: Origin,
    /// How often each instruction's result is used: as an operand, and as the result of the program.
    uses: Vec<u32>,
}

impl Graph {
    /// The graph of a program, with what is the same for every lane moved to `uniforms`; `scalars` has a bit for each parameter
    /// that is a single value.
    pub(super) fn new(program: &Decoded, scalars: u64, uniforms: &mut Uniforms) -> Self {
        let count = program.instructions.len();
        let needed = program.needed();
        let mut graph = Self { nodes: vec![None; count], result: Origin::Index, uses: uses(program, &needed) };
        let mut origins = vec![Origin::Index; count];
        for (number, instruction) in program.instructions.iter().enumerate().filter(|(number, _)| needed[*number]) {
            let mut operands = [Origin::Index; 3];
            let arity = instruction.operands().len();
            for (operand, value) in operands.iter_mut().zip(instruction.operands()) {
                *operand = origin(*value, scalars, uniforms, &origins);
            }
            let operands = &operands[..arity];
            origins[number] = match uniforms.derive(instruction.opcode, operands) {
                Some(slot) => Origin::Uniform(slot),
                None => {
                    let node = graph.node(instruction.opcode, operands, narrow(instruction.table), uniforms);
                    graph.nodes[number] = Some(node);
                    Origin::Node(narrow(number))
                }
            };
        }
        graph.result = origin(program.result, scalars, uniforms, &origins);
        graph
    }

    /// The node of an instruction, fused with the nodes that only it uses.
    fn node(&mut self, opcode: Opcode, operands: &[Origin], table: u16, uniforms: &mut Uniforms) -> Node {
        let fused = match (opcode, operands) {
            _ if uniforms.are_bigints() => None,
            (Opcode::Add, &[a, b]) => self.sum(a, b),
            (Opcode::Subtract, &[a, Origin::Uniform(b)]) => {
                // a − b is a + −b, to the bit.
                let b = Origin::Uniform(uniforms.negated(b));
                return self.sum(a, b).unwrap_or(Node::new(Operation::Single(Opcode::Add), &[a, b], 0));
            }
            (Opcode::Subtract, &[a, b]) => self.difference(a, b),
            (Opcode::Multiply, &[a, b]) => self.product(a, b),
            (Opcode::Select, &[mask, x, y]) => self.choice(mask, x, y),
            (Opcode::Less, &[a, b]) => self.comparison(a, b),
            _ => None,
        };
        fused.unwrap_or_else(|| {
            let commutes = matches!(
                opcode,
                Opcode::Add
                    | Opcode::Multiply
                    | Opcode::Equal
                    | Opcode::NotEqual
                    | Opcode::BitAnd
                    | Opcode::BitOr
                    | Opcode::BitXor
            );
            match *operands {
                [a @ Origin::Uniform(_), b] if commutes => Node::new(Operation::Single(opcode), &[b, a], table),
                _ => Node::new(Operation::Single(opcode), operands, table),
            }
        })
    }

    /// a + b with the products and sums that it consists of.
    fn sum(&mut self, a: Origin, b: Origin) -> Option<Node> {
        if let (Some([c, d]), Some([e, f])) = (self.product_of(a), self.product_of(b)) {
            self.absorb(&[a, b]);
            // A factor that is the same everywhere comes last.
            let operands = if is_uniform(d) { [e, f, c, d] } else { [c, d, e, f] };
            return Some(Node::new(Operation::AddProducts, &operands, 0));
        }
        let (product, addend) = if self.product_of(a).is_some() { (a, b) } else { (b, a) };
        let [a, b] = self.product_of(product)?;
        self.absorb(&[product]);
        Some(self.polynomial(a, b, addend).unwrap_or(Node::new(Operation::MultiplyAdd, &[a, b, addend], 0)))
    }

    /// a × b + c where a or b is itself a sum of that form with the same other factor: steps of a polynomial.
    fn polynomial(&mut self, a: Origin, b: Origin, c: Origin) -> Option<Node> {
        if !is_uniform(c) {
            return None;
        }
        for (inner, x) in [(a, b), (b, a)] {
            let Some(node) = self.used(inner, 1).filter(|_| !is_uniform(x)) else { continue };
            match (node.operation, node.operands()) {
                (Operation::MultiplyAdd, &[t, inner_x, first]) if is_uniform(first) => {
                    // The factors of a product commute.
                    let t = match (inner_x == x, t == x) {
                        (true, _) => t,
                        (false, true) => inner_x,
                        (false, false) => continue,
                    };
                    self.absorb(&[inner]);
                    return Some(Node::new(Operation::Horner2, &[t, x, first, c], 0));
                }
                (Operation::Horner2, &[t, inner_x, first, second]) if inner_x == x => {
                    self.absorb(&[inner]);
                    return Some(Node::new(Operation::Horner3, &[t, x, first, second, c], 0));
                }
                _ => {}
            }
        }
        None
    }

    /// a − b with the products that it consists of.
    fn difference(&mut self, a: Origin, b: Origin) -> Option<Node> {
        match (self.product_of(a), self.product_of(b)) {
            (Some([c, d]), Some([e, f])) => {
                self.absorb(&[a, b]);
                Some(Node::new(Operation::SubtractProducts, &[c, d, e, f], 0))
            }
            (Some([c, d]), None) => {
                self.absorb(&[a]);
                Some(Node::new(Operation::MultiplySubtract, &[c, d, b], 0))
            }
            (None, Some([c, d])) => {
                self.absorb(&[b]);
                Some(Node::new(Operation::SubtractProduct, &[c, d, a], 0))
            }
            (None, None) => None,
        }
    }

    /// a × b with the product, sum or difference that one factor is.
    fn product(&mut self, a: Origin, b: Origin) -> Option<Node> {
        let is_square = a == b;
        for (inner, other) in [(a, b), (b, a)] {
            let Some(node) = self.used(inner, if is_square { 2 } else { 1 }) else { continue };
            let [c, d] = *node.operands() else { continue };
            let (operation, operands) = match node.operation {
                Operation::Single(Opcode::Multiply) if !is_square => (Operation::MultiplyTwice, [c, d, other]),
                Operation::Single(Opcode::Add) if is_square => (Operation::SquareOfSum, [c, d, other]),
                Operation::Single(Opcode::Add) => (Operation::AddMultiply, [c, d, other]),
                Operation::Single(Opcode::Subtract) if is_uniform(c) => continue,
                Operation::Single(Opcode::Subtract) if is_square => (Operation::SquareOfDifference, [c, d, other]),
                Operation::Single(Opcode::Subtract) => (Operation::SubtractMultiply, [c, d, other]),
                _ => continue,
            };
            self.absorb(&[inner]);
            return Some(Node::new(operation, if is_square { &operands[..2] } else { &operands }, 0));
        }
        None
    }

    /// a < b with the product that is on the left, or else on the right. (Of ≤ there are none: each such loop is 9 KB of the addon.)
    fn comparison(&mut self, a: Origin, b: Origin) -> Option<Node> {
        let (operation, product, other) = match self.product_of(a) {
            Some(_) => (Operation::ProductLess, a, b),
            None => (Operation::ProductGreater, b, a),
        };
        let [c, d] = self.product_of(product)?;
        self.absorb(&[product]);
        Some(Node::new(operation, &[c, d, other], 0))
    }

    /// A choice with the comparison that it depends on.
    fn choice(&mut self, mask: Origin, x: Origin, y: Origin) -> Option<Node> {
        let node = self.used(mask, 1)?;
        let [a, b] = *node.operands() else { return None };
        let (operation, x, y) = match node.operation {
            Operation::Single(Opcode::Less) => (Operation::SelectLess, x, y),
            Operation::Single(Opcode::LessEqual) => (Operation::SelectLessEqual, x, y),
            Operation::Single(Opcode::Equal) => (Operation::SelectEqual, x, y),
            Operation::Single(Opcode::NotEqual) => (Operation::SelectEqual, y, x),
            _ => return None,
        };
        self.absorb(&[mask]);
        Some(Node::new(operation, &[a, b, x, y], 0))
    }

    /// The factors of a product that is used once.
    fn product_of(&self, origin: Origin) -> Option<[Origin; 2]> {
        let node = self.used(origin, 1)?;
        match (node.operation, node.operands()) {
            (Operation::Single(Opcode::Multiply), &[a, b]) => Some([a, b]),
            _ => None,
        }
    }

    /// The node that `origin` is, if it is used so often and no more.
    fn used(&self, origin: Origin, times: u32) -> Option<Node> {
        let Origin::Node(number) = origin else { return None };
        self.nodes[usize::from(number)].filter(|_| self.uses[usize::from(number)] == times)
    }

    /// Takes out nodes that have become part of another.
    fn absorb(&mut self, origins: &[Origin]) {
        for origin in origins {
            if let Origin::Node(number) = origin {
                self.nodes[usize::from(*number)] = None;
            }
        }
    }
}

fn uses(program: &Decoded, needed: &[bool]) -> Vec<u32> {
    let mut uses = vec![0; needed.len()];
    let instructions = program.instructions.iter().zip(needed).filter(|(_, is_needed)| **is_needed);
    let operands = instructions.flat_map(|(instruction, _)| instruction.operands());
    for value in operands.chain([&program.result]) {
        if let Value::Result(number) = value {
            uses[*number] += 1;
        }
    }
    uses
}

fn is_uniform(origin: Origin) -> bool {
    matches!(origin, Origin::Uniform(_))
}

fn origin(value: Value, scalars: u64, uniforms: &Uniforms, results: &[Origin]) -> Origin {
    match value {
        Value::Parameter(number) if scalars >> number & 1 == 1 => Origin::Uniform(uniforms.parameter(number)),
        Value::Parameter(number) => Origin::Parameter(narrow(number)),
        Value::Scalar(number) => Origin::Uniform(uniforms.scalar(number)),
        Value::Constant(number) => Origin::Uniform(uniforms.constant(number)),
        Value::Index => Origin::Index,
        Value::Result(number) => results[number],
    }
}

/// Numbers of instructions, values and tables fit 16 bits, as the format has them.
#[expect(clippy::cast_possible_truncation, reason = "counts of a program were read from 16 bits")]
pub(super) fn narrow(number: usize) -> u16 {
    number as u16
}
