;; Calls functions of another instance, which may be in a task as well.
(module
  (import "other" "nest" (func $nest (param i32) (result i32)))
  (import "other" "ask" (func $ask (param i32) (result i32)))
  (import "other" "trap" (func $trap (param i32) (result i32)))
  (func (export "twice") (param i32) (result i32) (local $i i32)
    (loop (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10))))
    (i32.add (call $nest (local.get 0)) (call $nest (i32.add (local.get 0) (i32.const 1)))))
  (func (export "ask") (param i32) (result i32) (i32.mul (call $ask (local.get 0)) (i32.const 2)))
  (func (export "trap") (param i32) (result i32) (call $trap (local.get 0))))
