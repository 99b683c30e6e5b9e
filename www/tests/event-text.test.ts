import assert from "node:assert/strict";
import { test } from "node:test";
import { eventText } from "../event-text.ts";
import en from "../i18n/en.json" with { type: "json" };
import { addCatalogue, translator } from "../i18n/index.ts";
import zh from "../i18n/zh.json" with { type: "json" };
import presets from "../presets.json" with { type: "json" };
import { presetOf } from "../presets.ts";

addCatalogue("en", en);
addCatalogue("zh", zh);

test("counts have their thousands separated, and text stays as it is", () => {
  const event = { says: "placement", values: ["1000", 1000, 60000, "1"] };
  assert.equal(
    eventText(event, translator("en")),
    "task_numa_placement for 1000: most faults on node 1; scan period 1,000 → 60,000 ms.",
  );
  assert.match(
    eventText(event, translator("zh")),
    /^1000 的 .*节点 1 的缺页最多.*1,000 → 60,000 ms。$/,
  );
});

test("sentences of events end as sentences do", () => {
  for (const text of Object.values(en.event)) assert.match(text, /\.$/);
  for (const text of Object.values(zh.event)) assert.match(text, /^[^;:(?]*。$/);
});

test("a preset's document is text that the simulator reads, under its own title", () => {
  for (const stored of presets) {
    const preset = presetOf(stored);
    assert.deepEqual(JSON.parse(preset.document), stored.document);
    assert.ok(preset.title.en !== "" && preset.summary.zh !== "");
  }
});
