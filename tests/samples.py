"""Modules which between them have every section and every kind of immediate."""

CONTROL = """(module
  (type $binary (func (param i32 i32) (result i32)))
  (func $fib (param i32) (result i32)
    (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                     (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
  (func $gcd (type $binary)
    (local $t i32) (local i64 f32 f32)
    (loop $again
      (drop (br_if 1 (local.get 0) (i32.eqz (local.get 1))))
      (local.set $t (i32.rem_u (local.get 0) (local.get 1)))
      (local.set 0 (local.get 1))
      (local.set 1 (local.get $t))
      (br $again))
    (local.get 0))
  (func $choose (param i32) (result i64)
    (block $c (block $b (block $a
      (br_table $a $b $c $a (local.get 0)))
      (return (i64.const 0x123456789)))
      (return (i64.const -1)))
    (select (i64.const 5) (i64.extend_i32_s (local.get 0)) (i32.const 1)))
  (func $pair (param f32) (result f32 i32)
    local.get 0
    block (param f32) (result f32 i32) i32.const 1 end
    drop i32.trunc_sat_f32_u f32.convert_i32_s i32.const 300)
  (func (param i32) (result i32) (unreachable) (i32.add) (drop) (return_call $fib (local.get 0)))
  (export "fib" (func $fib)) (export "gcd" (func $gcd)) (export "choose" (func $choose))
  (export "pair" (func $pair)))"""

MEMORY = """(module
  (import "env" "log" (func $log (param i32 i32)))
  (import "env" "base" (global $base i32))
  (memory (export "memory") 1 16)
  (global $top (mut i32) (i32.const 1024))
  (global i32 (i32.add (global.get $base) (i32.const 4)))
  (global f64 (f64.const 1.5))
  (data (i32.const 8) "Hello")
  (data $later "later \\00\\ff")
  (func $store (param i32 i64)
    (i64.store offset=16 (local.get 0) (local.get 1))
    (i32.store8 (local.get 0) (i32.load16_s offset=70000 align=1 (local.get 0)))
    (f32.store (i32.const 4) (f32.const -0x1.8p3)))
  (func $bulk
    (memory.init $later (i32.const 0) (i32.const 0) (i32.const 3))
    (data.drop $later)
    (memory.copy (i32.const 0) (i32.const 9) (i32.const 20))
    (memory.fill (i32.const 0) (i32.const 255) (memory.size))
    (drop (memory.grow (i32.const 1))))
  (func $start
    (global.set $top (i32.sub (global.get $top) (i32.const 16)))
    (call $log (global.get $top) (i32.const 5)))
  (start $start)
  (export "store" (func $store)) (export "top" (global $top))
  (@custom "note" "dropped by strip"))"""

TABLES = """(module
  (type $unary (func (param i32) (result i32)))
  (import "env" "table" (table 2 funcref))
  (table $t 4 8 funcref)
  (table $x 3 externref)
  (elem (table $t) (i32.const 0) func $inc $dec)
  (elem $spare funcref (ref.func $inc) (ref.null func))
  (elem declare func $dec)
  (func $inc (type $unary) (i32.add (local.get 0) (i32.const 1)))
  (func $dec (type $unary) (i32.sub (local.get 0) (i32.const 1)))
  (func (export "call") (param i32 i32) (result i32)
    (call_indirect $t (type $unary) (local.get 1) (local.get 0)))
  (func (export "tail") (param i32 i32) (result i32)
    (return_call_indirect $t (type $unary) (local.get 1) (local.get 0)))
  (func (export "refs") (param externref) (result i32)
    (table.set $x (i32.const 0) (local.get 0))
    (table.init $t $spare (i32.const 0) (i32.const 0) (i32.const 1))
    (elem.drop $spare)
    (table.copy $t 0 (i32.const 0) (i32.const 0) (i32.const 1))
    (table.fill $t (i32.const 0) (ref.func $dec) (table.size $t))
    (drop (table.grow $x (ref.null extern) (i32.const 1)))
    (drop (select (result funcref) (ref.null func) (table.get $t (i32.const 1)) (i32.const 0)))
    (ref.is_null (table.get $x (i32.const 0)))))"""

SMALL_PAGES = """(module
  (memory 3240 (pagesize 1))
  (func (export "peek") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"""

SAMPLES = {"control": CONTROL, "memory": MEMORY, "tables": TABLES, "small_pages": SMALL_PAGES}
