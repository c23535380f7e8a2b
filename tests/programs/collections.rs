//! Collections of the standard library, which allocate as they grow, and arguments.

use std::collections::HashMap;
use std::env;

fn main() {
    let given: Vec<String> = env::args().skip(1).collect();
    println!("arguments: {}", given.join(", "));

    let mut numbers: Vec<u32> = (0..500).map(|i| i * 7919 % 1009).collect();
    numbers.sort_unstable();
    numbers.dedup();
    println!("{} numbers, sum {}", numbers.len(), numbers.iter().sum::<u32>());

    let mut counts: HashMap<String, u32> = HashMap::new();
    for word in "the cat and the dog and the bird".split(' ') {
        *counts.entry(word.to_string()).or_default() += 1;
    }
    let mut words: Vec<_> = counts.into_iter().collect();
    words.sort_unstable();
    for (word, count) in words {
        println!("{word} {count}");
    }

    let squares: HashMap<u32, u32> = numbers.iter().map(|&number| (number, number * number)).collect();
    println!("{} squares, sum {}", squares.len(), squares.values().sum::<u32>());

    let mut line = String::new();
    for i in 0..300 {
        line += &i.to_string();
    }
    println!("{} characters, {}", line.len(), &line[780..]);
    std::process::exit(given.len() as i32)
}
