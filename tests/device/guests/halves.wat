;; Values of 64 bits of which one half is used: what is written must not spill over.
(module
  (func (export "wrap") (param i32) (result i32) (local i32 i32)
    (local.set 2 (i32.const 99))
    (local.set 1 (i32.wrap_i64 (i64.and (i64.const 0x500000001) (i64.extend_i32_u (local.get 0)))))
    (local.get 2))
  (func (export "load") (param i32) (result i32) (local i32 i32)
    (local.set 2 (i32.const 99))
    (local.set 1 (i32.wrap_i64 (i64.load (i32.const 8))))
    (local.get 2))
  (memory 1))
