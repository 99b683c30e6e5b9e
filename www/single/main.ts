/** The page as one file: the same, with its documentation inside. */

import "../main.ts";
import { readDocs } from "./docs.ts";

addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  const address = link?.getAttribute("href") ?? "";
  if (!address.startsWith("./docs/")) return;
  event.preventDefault();
  readDocs(address);
});
