;; Declares more memory than any board has, and writes near both ends of what it gets.
(module
  (memory (export "memory") 258)
  (func (export "store") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
  (func (export "size") (result i32) (memory.size)))
