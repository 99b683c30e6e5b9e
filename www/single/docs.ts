/** The documentation, which lies packed in the single file as one page. */

import packedDocs from "virtual:docs";
import { asset } from "./asset.ts";

let unpacked: Promise<string> | null = null;

/** The place in that page of what lies beside the page otherwise: "./docs/explain.html#tests" → "explain.tests". */
function placeInDocs(address: string): string {
  return address.replace("./docs/", "").replace(".html", "").replace("#", ".");
}

async function docsAddress(): Promise<string> {
  return URL.createObjectURL(await (await asset(packedDocs)).blob());
}

/** Opens it in a tab of its own. A browser that stops tabs from being opened shows nothing. */
export async function readDocs(address: string): Promise<void> {
  // Later on it would no longer be the reader's click that opens it.
  const tab = open("", "_blank");
  unpacked ??= docsAddress();
  const docs = await unpacked;
  if (tab !== null) tab.location.href = `${docs}#${placeInDocs(address)}`;
}
