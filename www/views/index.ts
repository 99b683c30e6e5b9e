/** What lies over the pixels of machine and address space, and what pointers and keys do there. */

import "./views.css";
import type { App } from "../app.ts";
import type { Extras } from "../canvases.ts";
import { keepOffline } from "../offline/register.ts";
import { Announcer } from "./announcer.ts";
import { MachineExtras } from "./machine-extras.ts";
import { drawSpaceExtras } from "./space-extras.ts";
import { SpaceInput } from "./space-input.ts";

/** Called once the first picture is there: the time for all that can wait. */
export function openViews(app: App): Extras {
  keepOffline();
  const input = new SpaceInput(app);
  const machine = new MachineExtras(app);
  const announcer = new Announcer();
  return {
    drawSpace(picture, state) {
      input.follow(picture);
      drawSpaceExtras(app, input, picture, state);
    },
    drawMachine: (picture, state) => machine.draw(picture, state),
    follow: (state) => announcer.follow(state),
  };
}
