import assert from "node:assert/strict";
import { test } from "node:test";
import { EVENT_KINDS } from "../events.ts";
import { SPECIAL_NEXT, wantedOf } from "../next.ts";

test("a kind of event is searched for by its name, and nothing chosen means any", () => {
  assert.deepEqual(wantedOf("", null), { kinds: [] });
  for (const { kind } of EVENT_KINDS) assert.deepEqual(wantedOf(kind, null), { kinds: [kind] });
});

test("what is more than a kind asks for the outcome", () => {
  const kinds = new Set<string>(EVENT_KINDS.map(({ kind }) => kind));
  for (const { id } of SPECIAL_NEXT) {
    const wanted = wantedOf(id, null);
    assert.ok(!kinds.has(id), `${id} is no kind of event`);
    assert.ok(
      wanted.kinds.every((kind) => kinds.has(kind)),
      id,
    );
    assert.ok(wanted.refused === true || wanted.verdict !== undefined, id);
  }
});

test("the selected page is what is waited for", () => {
  const page = { process: 1, vma: 2, page: 3 };
  assert.deepEqual(wantedOf("page-moves", { kind: "page", ...page })?.page?.page, 3);
  assert.equal(wantedOf("page-moves", { kind: "task", tid: 1000 }).page, undefined);
  assert.equal(wantedOf("migration", { kind: "page", ...page }).page, undefined);
});
