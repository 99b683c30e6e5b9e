/** What the pointer does in the machine: a click selects, hovering tells. */

import type { App } from "../app.ts";
import type { MachinePicture, Node, NodeBox, Rect } from "../engine.ts";
import { formatCount, formatPages, formatShare } from "../format.ts";
import { type Translate, translator } from "../i18n/index.ts";
import type { Point } from "./grid.ts";

/** What is at a point of the machine. */
export type MachineHit =
  | { readonly kind: "cpu"; readonly node: number; readonly cpu: number }
  | { readonly kind: "memory" | "node"; readonly node: number };

function contains({ x, y, width, height }: Rect, point: Point): boolean {
  return point.x >= x && point.x < x + width && point.y >= y && point.y < y + height;
}

export function machineHit({ nodes }: MachinePicture, point: Point): MachineHit | null {
  const box = nodes.find((node) => contains(node, point));
  if (box === undefined) return null;
  const cpu = box.cpus.find((cpu) => contains(cpu, point));
  if (cpu !== undefined) return { kind: "cpu", node: box.id, cpu: cpu.id };
  return { kind: contains(box.memory, point) ? "memory" : "node", node: box.id };
}

export class MachinePointer {
  private picture: MachinePicture | null = null;
  private canvas: HTMLElement | null = null;

  constructor(private readonly app: App) {}

  follow(picture: MachinePicture): void {
    this.picture = picture;
    const canvas = document.getElementById("canvas-machine");
    if (canvas === null || canvas === this.canvas) return;
    this.canvas = canvas;
    canvas.addEventListener("click", (event) => this.onClick(event));
    canvas.addEventListener("pointermove", (event) => this.onMove(event));
    canvas.addEventListener("pointerleave", () => this.tell("", { x: 0, y: 0 }));
  }

  private hit(event: MouseEvent): MachineHit | null {
    const point = { x: event.offsetX, y: event.offsetY };
    return this.picture === null ? null : machineHit(this.picture, point);
  }

  private onClick(event: MouseEvent): void {
    const hit = this.hit(event);
    if (hit !== null) this.app.act(() => this.select(hit));
  }

  /** The task that runs on a CPU, or a node's figures; a second click closes those. */
  private select(hit: MachineHit): void {
    const { snapshot, openNode } = this.app.store.state;
    const nodes = snapshot?.machine.nodes ?? [];
    const running =
      hit.kind !== "cpu"
        ? null
        : nodes.flatMap((node) => node.cpus).find((cpu) => cpu.id === hit.cpu)?.running;
    const task = running == null ? undefined : snapshot?.tasks[running];
    if (task !== undefined) return this.app.choose({ kind: "task", tid: task.tid });
    this.app.store.update({ openNode: openNode === hit.node ? null : hit.node });
  }

  private onMove(event: PointerEvent): void {
    if (event.pointerType === "touch") return;
    const hit = this.hit(event);
    const { snapshot, language } = this.app.store.state;
    const node = snapshot?.machine.nodes.find((node) => node.id === hit?.node);
    const box = this.picture?.nodes.find((box) => box.id === hit?.node);
    const known = hit !== null && node !== undefined && box !== undefined;
    const t = translator(language);
    const words = known ? this.words(hit, node, box, t) : "";
    this.tell(words, { x: event.offsetX, y: event.offsetY });
  }

  private words(hit: MachineHit, node: Node, box: NodeBox, t: Translate): string {
    const name = t("node", { id: node.id });
    if (hit.kind === "memory") {
      const used = formatPages(node.memoryPages - node.freePages);
      const total = formatPages(node.memoryPages);
      const share = formatShare(node.freePages, node.memoryPages);
      const cell = t("memoryCell", { size: formatPages(box.memory.pagesPerCell) });
      return `${name} · ${t("views.memoryFree", { used, total, share })} · ${cell}`;
    }
    if (hit.kind !== "cpu") return `${name} · ${t("views.clickFigures")}`;
    const cpu = node.cpus.find((cpu) => cpu.id === hit.cpu);
    const tasks = this.app.store.state.snapshot?.tasks ?? [];
    const runs = cpu?.running == null ? t("idle") : (tasks[cpu.running]?.name ?? "?");
    const waits = cpu?.waiting ? ` · ${t("waiting", { count: formatCount(cpu.waiting) })}` : "";
    return `${t("cpu", { id: hit.cpu })} · ${runs}${waits}`;
  }

  private tell(words: string, { x, y }: Point): void {
    const tip = document.getElementById("machine-tip");
    if (tip === null) return;
    tip.textContent = words;
    tip.hidden = words === "";
    tip.classList.toggle("below", y < 40);
    tip.style.setProperty("--x", `${x}px`);
    tip.style.top = `${y}px`;
  }
}
