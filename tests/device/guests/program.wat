;; A program and a reactor in one: says what it was initialised with, then ends itself.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (global $ready (mut i32) (i32.const 0))
  (func (export "_initialize") (global.set $ready (i32.const 42)))
  (func (export "_start") (call $proc_exit (global.get $ready)) unreachable))
