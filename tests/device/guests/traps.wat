;; Ways to go wrong, at depths that show in a trap's frames.
(module
  (memory 1)
  (func $divide (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
  (func (export "divide") (param i32) (result i32) (call $divide (local.get 0)))
  (func (export "load") (param i32) (result i32) (i32.load offset=65533 (local.get 0)))
  (func (export "unreachable") unreachable)
  (func $deep (export "deep") (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))
      (else (i32.const 0))))
  (func (export "spin") (loop $again (br $again)))
  (func $recurse (export "recurse") (call $recurse)))
