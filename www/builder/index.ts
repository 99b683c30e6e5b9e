/** The scenario builder; loaded when somebody first wants to build. */

export { Builder } from "./builder.ts";
export { builderPanel } from "./panel.ts";
