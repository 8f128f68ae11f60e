//! Programs with bytes changed: each is refused, or runs without reading or writing anything that is not its own.
//!
//! What a run may touch is allocated in pieces of exactly its size, so that a sanitizer sees every step beyond. The script
//! check-mutated-programs.sh runs this under one, a million times.

use corepool_memory::{ElementType, View};

use super::super::{Kind, Program, Run};
use super::load_program;
use super::random::Random;
use crate::operand::Operand;

/// Memory of exactly `len` elements.
fn memory(element: ElementType, len: usize) -> Box<[u8]> {
    vec![0x3f; len * element.size()].into_boxed_slice()
}

fn view(memory: &mut [u8], element: ElementType) -> Option<View> {
    // SAFETY: the memory has so many elements, and outlives the view.
    unsafe { View::new(memory.as_mut_ptr(), memory.len() / element.size(), element) }.ok()
}

/// Runs a program on operands that fit it.
fn run(random: &mut Random, program: &Program) {
    let takes = program.decoded();
    let is_number = takes.kind == Kind::Number;
    let any = |random: &mut Random| {
        if is_number { [ElementType::Float64, ElementType::Uint8][random.below(2)] } else { ElementType::Int64 }
    };
    let len = [1, 5, 70][random.below(3)];
    let mut arrays: Vec<(ElementType, Box<[u8]>)> = (0..takes.parameters + takes.tables)
        .map(|number| {
            let element = any(random);
            (element, memory(element, if number < takes.parameters { len } else { random.below(9) }))
        })
        .collect();
    let element = any(random);
    let mut output = memory(element, len);
    let views: Option<Vec<View>> = arrays.iter_mut().map(|(element, memory)| view(memory, *element)).collect();
    let (Some(views), Some(output)) = (views, view(&mut output, element)) else { return };
    let (operands, tables) = views.split_at(takes.parameters);
    let operands: Vec<Operand> = operands.iter().map(|view| Operand::Array(*view)).collect();
    let scalars = vec![2.0_f64.to_bits(); takes.scalars];
    let mut run = Run::new(program, &operands, &scalars, tables, output).unwrap();
    if random.one_in(4) {
        run = run.streamed();
    }
    // SAFETY: the views are good for as long as the memory above, which nobody else uses.
    (0..run.chunks()).for_each(|chunk| unsafe { run.run_chunk(chunk) });
}

#[test]
fn a_mutated_program_is_refused_or_runs_on_its_own_memory_only() {
    let mut random = Random(super::seed(7));
    let mutations = super::times("COREPOOL_MUTATIONS", 20_000);
    let (mut refused, mut done) = (0, 0);
    while done < mutations {
        let kind = if random.one_in(6) { Kind::Bigint } else { Kind::Number };
        let program = random.program(kind);
        let original = program.bytes();
        for _ in 0..20.min(mutations - done) {
            let mut bytes = original.clone();
            for _ in 0..=random.below(3) {
                let place = random.below(bytes.len());
                bytes[place] = match random.below(4) {
                    0 => random.below(256).try_into().unwrap(),
                    1 => bytes[place] ^ 1 << random.below(8),
                    // Small steps find the edges of bounds.
                    2 => bytes[place].wrapping_add(1),
                    _ => bytes[place].wrapping_sub(1),
                };
            }
            match load_program(&bytes) {
                Ok(program) => run(&mut random, &program),
                Err(error) => {
                    assert!(!error.to_string().is_empty());
                    refused += 1;
                }
            }
            done += 1;
        }
    }
    println!("{done} mutated programs: {refused} refused, {} run", done - refused);
    assert!(
        refused > done / 10 && refused < done * 9 / 10,
        "{refused} of {done} refused: the mutations reach one side only"
    );
}
