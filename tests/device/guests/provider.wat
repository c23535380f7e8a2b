;; What another module imports: a function, memory, a table and globals.
(module
  (memory (export "memory") 1 4)
  (table (export "table") 4 funcref)
  (global (export "count") (mut i32) (i32.const 40))
  (global (export "base") i64 (i64.const 1099511627776))
  (elem (i32.const 0) $double)
  (func $double (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
  (func (export "read") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "indirect") (param i32 i32) (result i32)
    (call_indirect (param i32) (result i32) (local.get 0) (local.get 1))))
