;; Bulk instructions on a memory that is given.
(module
  (import "env" "memory" (memory 1 100000 (pagesize 1)))
  (data $text "a passive text")
  (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init") (param i32 i32 i32) (memory.init $text (local.get 0) (local.get 1) (local.get 2))))
