//! Files of the standard library below a granted folder.

use std::fs::{self, OpenOptions};
use std::io::{Result, Write};

fn main() -> Result<()> {
    let mut text = String::new();
    for i in 0..10 {
        text += &format!("{},{}\n", i, i * i);
    }
    fs::write("/data/table.csv", text)?;
    OpenOptions::new().append(true).open("/data/table.csv")?.write_all("größer\n".as_bytes())?;
    let back = fs::read_to_string("/data/table.csv")?;
    println!("{} lines, {}", back.lines().count(), back.lines().last().unwrap_or("none"));
    fs::create_dir("/data/more")?;
    fs::rename("/data/table.csv", "/data/more/kept.csv")?;
    for entry in fs::read_dir("/data/more")? {
        let entry = entry?;
        println!("{}, {} bytes", entry.file_name().to_string_lossy(), entry.metadata()?.len());
    }
    fs::remove_file("/data/more/kept.csv")?;
    fs::remove_dir("/data/more")?;
    println!("{} files are left", fs::read_dir("/data")?.count());
    println!("{}", fs::read("/data/none").is_err());
    Ok(())
}
