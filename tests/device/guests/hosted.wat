;; Calls what Python gives it, and lets Python call back.
(module
  (import "env" "mix" (func $mix (param i32 i64) (result i64)))
  (import "env" "pair" (func $pair (result i32 i32)))
  (import "env" "back" (func $back (param i32) (result i32)))
  (import "env" "start" (global $start i32))
  (memory (export "memory") 1)
  (func (export "mix") (param i32 i64) (result i64) (call $mix (local.get 0) (local.get 1)))
  (func (export "sum") (result i32) (i32.add (call $pair)))
  (func (export "down") (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0))
      (then (global.get $start))
      (else (i32.add (local.get 0) (call $back (i32.sub (local.get 0) (i32.const 1))))))))
