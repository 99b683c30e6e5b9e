import assert from "node:assert/strict";
import { type Mock, type TestContext, test } from "node:test";
import type { App } from "../app.ts";
import { Lull } from "../link.ts";
import { Opening } from "../opening.ts";

function counted(context: TestContext): Mock<() => void> {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  return context.mock.fn();
}

test("what rests is done once, a moment after the last change", (context) => {
  const act = counted(context);
  const lull = new Lull(500);
  lull.rest("first", act);
  context.mock.timers.tick(1000);
  assert.equal(act.mock.callCount(), 0);
  lull.rest("second", act);
  context.mock.timers.tick(499);
  lull.rest("third", act);
  lull.rest("third", act);
  context.mock.timers.tick(499);
  assert.equal(act.mock.callCount(), 0);
  context.mock.timers.tick(1);
  assert.equal(act.mock.callCount(), 1);
  lull.rest("fourth", act);
  lull.end();
  context.mock.timers.tick(1000);
  assert.equal(act.mock.callCount(), 1);
});

test("what no link can carry leaves the address as it was", async (context) => {
  const replaceState = counted(context);
  const page = { location: { hash: "", href: "http://page/" }, history: { replaceState } };
  Object.assign(globalThis, page, { addEventListener: context.mock.fn() });
  const fragmentBody = context.mock.fn((): string => {
    throw { errors: [] };
  });
  const opening = new Opening({
    store: { state: { selection: null } },
    session: { playground: { fragmentBody } },
    comparing: { other: "another document" },
  } as unknown as App);
  opening.keepLink("at first");
  opening.keepLink("later");
  context.mock.timers.tick(500);
  await new Promise(setImmediate);
  assert.equal(fragmentBody.mock.callCount(), 1);
  assert.equal(replaceState.mock.callCount(), 0);
});
