;; A data segment whose offset is an expression, behind a function that traps.
(module
  (memory 1)
  (func (export "divide") (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
  (data (offset (i32.add (i32.const 1) (i32.const 2))) "A"))
