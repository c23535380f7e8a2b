"""The one table of WebAssembly instructions (spec section 5.4, "Instructions").

A row is ``(name, immediates, type, feature)``:

- **name**: as the spec's text format spells it; the ``select`` that has types is ``select_t``;
- **immediates**: one letter for each, in the order of the bytes:

  ====== =============================  ====== ==============================
  letter immediate                      letter immediate
  ====== =============================  ====== ==============================
  ``b``  block type                     ``m``  memarg, its natural alignment
  ``l``  label                                 (log2 of bytes) is the digit
  ``L``  labels of a ``br_table``              that follows
  ``f``  function                       ``M``  memory, one byte that is zero
  ``y``  type                           ``i``  i32 constant
  ``t``  table                          ``I``  i64 constant
  ``x``  local                          ``r``  f32 constant
  ``g``  global                         ``R``  f64 constant
  ``d``  data segment                   ``h``  reference type
  ``e``  element segment                ``T``  vector of value types
  ====== =============================  ====== ==============================

- **type**: ``operands>results`` in the letters of :data:`VALTYPES`, or ``None`` where it depends on the
  context (the validator and the lowering know those instructions by name);
- **feature**: the proposal that brought it, empty for what WebAssembly 1.0 had.
"""

I32 = 0x7F
I64 = 0x7E
F32 = 0x7D
F64 = 0x7C
FUNCREF = 0x70
EXTERNREF = 0x6F

VALTYPES = {"i": I32, "I": I64, "f": F32, "F": F64, "p": FUNCREF, "q": EXTERNREF}

# One string, of which a row is made when it is first asked for: 200 tuples of strings would fill a quarter of
# a small board's heap. A line is: opcode, name, immediates or -, type or ? for None, feature.
_TABLE = """
00 unreachable - ?
01 nop - >
02 block b ?
03 loop b ?
04 if b ?
05 else - ?
0b end - ?
0c br l ?
0d br_if l ?
0e br_table L ?
0f return - ?
10 call f ?
11 call_indirect yt ?
12 return_call f ? tail-call
13 return_call_indirect yt ? tail-call
1a drop - ?
1b select - ?
1c select_t T ? reference-types
20 local.get x ?
21 local.set x ?
22 local.tee x ?
23 global.get g ?
24 global.set g ?
25 table.get t ? reference-types
26 table.set t ? reference-types
28 i32.load m2 i>i
29 i64.load m3 i>I
2a f32.load m2 i>f
2b f64.load m3 i>F
2c i32.load8_s m0 i>i
2d i32.load8_u m0 i>i
2e i32.load16_s m1 i>i
2f i32.load16_u m1 i>i
30 i64.load8_s m0 i>I
31 i64.load8_u m0 i>I
32 i64.load16_s m1 i>I
33 i64.load16_u m1 i>I
34 i64.load32_s m2 i>I
35 i64.load32_u m2 i>I
36 i32.store m2 ii>
37 i64.store m3 iI>
38 f32.store m2 if>
39 f64.store m3 iF>
3a i32.store8 m0 ii>
3b i32.store16 m1 ii>
3c i64.store8 m0 iI>
3d i64.store16 m1 iI>
3e i64.store32 m2 iI>
3f memory.size M >i
40 memory.grow M i>i
41 i32.const i >i
42 i64.const I >I
43 f32.const r >f
44 f64.const R >F
45 i32.eqz - i>i
46 i32.eq - ii>i
47 i32.ne - ii>i
48 i32.lt_s - ii>i
49 i32.lt_u - ii>i
4a i32.gt_s - ii>i
4b i32.gt_u - ii>i
4c i32.le_s - ii>i
4d i32.le_u - ii>i
4e i32.ge_s - ii>i
4f i32.ge_u - ii>i
50 i64.eqz - I>i
51 i64.eq - II>i
52 i64.ne - II>i
53 i64.lt_s - II>i
54 i64.lt_u - II>i
55 i64.gt_s - II>i
56 i64.gt_u - II>i
57 i64.le_s - II>i
58 i64.le_u - II>i
59 i64.ge_s - II>i
5a i64.ge_u - II>i
5b f32.eq - ff>i
5c f32.ne - ff>i
5d f32.lt - ff>i
5e f32.gt - ff>i
5f f32.le - ff>i
60 f32.ge - ff>i
61 f64.eq - FF>i
62 f64.ne - FF>i
63 f64.lt - FF>i
64 f64.gt - FF>i
65 f64.le - FF>i
66 f64.ge - FF>i
67 i32.clz - i>i
68 i32.ctz - i>i
69 i32.popcnt - i>i
6a i32.add - ii>i
6b i32.sub - ii>i
6c i32.mul - ii>i
6d i32.div_s - ii>i
6e i32.div_u - ii>i
6f i32.rem_s - ii>i
70 i32.rem_u - ii>i
71 i32.and - ii>i
72 i32.or - ii>i
73 i32.xor - ii>i
74 i32.shl - ii>i
75 i32.shr_s - ii>i
76 i32.shr_u - ii>i
77 i32.rotl - ii>i
78 i32.rotr - ii>i
79 i64.clz - I>I
7a i64.ctz - I>I
7b i64.popcnt - I>I
7c i64.add - II>I
7d i64.sub - II>I
7e i64.mul - II>I
7f i64.div_s - II>I
80 i64.div_u - II>I
81 i64.rem_s - II>I
82 i64.rem_u - II>I
83 i64.and - II>I
84 i64.or - II>I
85 i64.xor - II>I
86 i64.shl - II>I
87 i64.shr_s - II>I
88 i64.shr_u - II>I
89 i64.rotl - II>I
8a i64.rotr - II>I
8b f32.abs - f>f
8c f32.neg - f>f
8d f32.ceil - f>f
8e f32.floor - f>f
8f f32.trunc - f>f
90 f32.nearest - f>f
91 f32.sqrt - f>f
92 f32.add - ff>f
93 f32.sub - ff>f
94 f32.mul - ff>f
95 f32.div - ff>f
96 f32.min - ff>f
97 f32.max - ff>f
98 f32.copysign - ff>f
99 f64.abs - F>F
9a f64.neg - F>F
9b f64.ceil - F>F
9c f64.floor - F>F
9d f64.trunc - F>F
9e f64.nearest - F>F
9f f64.sqrt - F>F
a0 f64.add - FF>F
a1 f64.sub - FF>F
a2 f64.mul - FF>F
a3 f64.div - FF>F
a4 f64.min - FF>F
a5 f64.max - FF>F
a6 f64.copysign - FF>F
a7 i32.wrap_i64 - I>i
a8 i32.trunc_f32_s - f>i
a9 i32.trunc_f32_u - f>i
aa i32.trunc_f64_s - F>i
ab i32.trunc_f64_u - F>i
ac i64.extend_i32_s - i>I
ad i64.extend_i32_u - i>I
ae i64.trunc_f32_s - f>I
af i64.trunc_f32_u - f>I
b0 i64.trunc_f64_s - F>I
b1 i64.trunc_f64_u - F>I
b2 f32.convert_i32_s - i>f
b3 f32.convert_i32_u - i>f
b4 f32.convert_i64_s - I>f
b5 f32.convert_i64_u - I>f
b6 f32.demote_f64 - F>f
b7 f64.convert_i32_s - i>F
b8 f64.convert_i32_u - i>F
b9 f64.convert_i64_s - I>F
ba f64.convert_i64_u - I>F
bb f64.promote_f32 - f>F
bc i32.reinterpret_f32 - f>i
bd i64.reinterpret_f64 - F>I
be f32.reinterpret_i32 - i>f
bf f64.reinterpret_i64 - I>F
c0 i32.extend8_s - i>i sign-extension
c1 i32.extend16_s - i>i sign-extension
c2 i64.extend8_s - I>I sign-extension
c3 i64.extend16_s - I>I sign-extension
c4 i64.extend32_s - I>I sign-extension
d0 ref.null h ? reference-types
d1 ref.is_null - ? reference-types
d2 ref.func f >p reference-types
fc00 i32.trunc_sat_f32_s - f>i saturating-conversions
fc01 i32.trunc_sat_f32_u - f>i saturating-conversions
fc02 i32.trunc_sat_f64_s - F>i saturating-conversions
fc03 i32.trunc_sat_f64_u - F>i saturating-conversions
fc04 i64.trunc_sat_f32_s - f>I saturating-conversions
fc05 i64.trunc_sat_f32_u - f>I saturating-conversions
fc06 i64.trunc_sat_f64_s - F>I saturating-conversions
fc07 i64.trunc_sat_f64_u - F>I saturating-conversions
fc08 memory.init dM iii> bulk-memory
fc09 data.drop d > bulk-memory
fc0a memory.copy MM iii> bulk-memory
fc0b memory.fill M iii> bulk-memory
fc0c table.init et iii> bulk-memory
fc0d elem.drop e > bulk-memory
fc0e table.copy tt iii> bulk-memory
fc0f table.grow t ? reference-types
fc10 table.size t >i reference-types
fc11 table.fill t ? reference-types
"""


class Table:
    """The rows by opcode: the byte, or ``0xFC00 + n`` for the n-th instruction behind the prefix ``0xFC``.

    ``made`` has those rows that were asked for; iterating gives the opcodes of all.
    """

    def __init__(self, text):
        self._text = text
        self.made = {}

    def get(self, opcode):
        """The row of an opcode, or ``None``."""
        row = self.made.get(opcode)
        if row is None:
            start = self._text.find("\n%02x " % opcode)
            if start < 0:
                return None
            line = self._text[start + 1 : self._text.find("\n", start + 1)].split(" ")
            _, name, immediates, type_ = line[:4]
            feature = line[4] if len(line) > 4 else ""
            row = name, "" if immediates == "-" else immediates, None if type_ == "?" else type_, feature
            self.made[opcode] = row
        return row

    def __getitem__(self, opcode):
        row = self.get(opcode)
        if row is None:
            raise KeyError(opcode)
        return row

    def __iter__(self):
        for line in self._text.strip().split("\n"):
            yield int(line[: line.find(" ")], 16)


OPCODES = Table(_TABLE)

_signatures = {}


def signature(type_):
    """A row's type as (operand types, result types), each bytes of value types."""
    pair = _signatures.get(type_)
    if pair is None:
        operands, results = type_.split(">")
        pair = _signatures[type_] = _types(operands), _types(results)
    return pair


def _types(letters):
    return bytes([VALTYPES[letter] for letter in letters])


def type_name(valtype):
    """A value type as the text format spells it."""
    names = {I32: "i32", I64: "i64", F32: "f32", F64: "f64", FUNCREF: "funcref", EXTERNREF: "externref"}
    return names[valtype]
