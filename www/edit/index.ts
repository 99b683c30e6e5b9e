/** Everything that edits a running machine; loaded when it is first looked at. */

export { Editor } from "./editor.ts";
export { editorPanel } from "./panel.ts";
