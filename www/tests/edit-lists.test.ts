import assert from "node:assert/strict";
import { test } from "node:test";
import { readList, readWhole, toggled } from "../edit/lists.ts";
import { formatList } from "../format.ts";

const THERE = [0, 1, 2, 3, 8, 9];

test("a list says which numbers it means, ascending and each once", () => {
  assert.deepEqual(readList("8,0-2,1", THERE).numbers, [0, 1, 2, 8]);
  assert.deepEqual(readList(" 3 , 9 ", THERE).numbers, [3, 9]);
  assert.deepEqual(readList("", THERE), { numbers: [], problem: null });
  assert.deepEqual(readList("0-3,8-9", THERE).numbers, THERE);
});

test("what is printed is read back", () => {
  for (let bits = 0; bits < 1 << THERE.length; bits += 1) {
    const some = THERE.filter((_, at) => bits & (1 << at));
    assert.deepEqual(readList(formatList(some), THERE), { numbers: some, problem: null });
  }
});

test("a slip of the pen is told, with what stands there", () => {
  for (const text of ["a", "1-", "-1", "2-1", "1,,2", ",", "0x1", "1.5", "1 2", "9999999"]) {
    assert.equal(readList(text, THERE).problem?.key, "edit.listSyntax", text);
    assert.deepEqual(readList(text, THERE).numbers, [], text);
  }
});

test("numbers that there are not are named", () => {
  assert.deepEqual(readList("2-8", THERE).problem?.values, { missing: 4, there: "0-3,8-9" });
  assert.deepEqual(readList("0-999999", THERE).problem?.values.missing, 4);
  assert.equal(readList("7", THERE).problem?.key, "edit.listMissing");
});

test("a number comes into a list, and goes again", () => {
  assert.deepEqual(toggled([0, 2], 1), [0, 1, 2]);
  assert.deepEqual(toggled([0, 1, 2], 1), [0, 2]);
});

test("a field takes whole numbers within its bounds only", () => {
  assert.equal(readWhole("0", 0, 1), 0);
  assert.equal(readWhole(" 1 ", 0, 1), 1);
  for (const text of ["", "2", "-1", "0.5", "1e0", "one", "12345678901234567890"]) {
    assert.equal(readWhole(text, 0, 1), null, text);
  }
});
