;; Exports whose names are in one another, the last one with what stands before "add" in an image.
(module
  (func (export "xadd") (result i32) (i32.const 1))
  (func (export "addx") (result i32) (i32.const 2))
  (func (export "") (result i32) (i32.const 3))
  (func (export "add") (result i32) (i32.const 4))
  (func (export "\00\00\00\00\00\03\00sub") (result i32) (i32.const 5)))
