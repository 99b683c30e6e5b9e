/** Typical machines, none of them a certain model. */

export interface NodeSpec {
  readonly cpus?: string;
  readonly memory: string;
  readonly cpus_per_llc?: number;
  readonly threads_per_core?: number;
}

export interface MachineSpec {
  /** Its name in the catalogues is "builder.machine_" and this. */
  readonly id: "vm" | "xeon2" | "xeon4" | "epyc4" | "epyc8" | "xeon8" | "cxl";
  readonly nodes: readonly NodeSpec[];
  readonly distances: readonly (readonly number[])[];
}

/** CPUs of node `at` where all nodes have so many cores and the second threads come after all first ones. */
function twoThreads(at: number, cores: number, nodes: number): string {
  const first = at * cores;
  const second = nodes * cores + first;
  return `${first}-${first + cores - 1},${second}-${second + cores - 1}`;
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => at);
}

/** Distances where what lies in one package is near, and all else far. */
function packages(nodes: number, size: number, near: number, far: number): number[][] {
  const packageOf = (node: number): number => Math.floor(node / size);
  return range(nodes).map((from) =>
    range(nodes).map((to) => {
      if (from === to) return 10;
      return packageOf(from) === packageOf(to) ? near : far;
    }),
  );
}

function smt(nodes: number, cores: number, memory: string): NodeSpec[] {
  return range(nodes).map((at) => ({
    cpus: twoThreads(at, cores, nodes),
    memory,
    threads_per_core: 2,
  }));
}

export const MACHINES: readonly MachineSpec[] = [
  {
    id: "vm",
    nodes: [
      { cpus: "0-1", memory: "2 GiB" },
      { cpus: "2-3", memory: "2 GiB" },
    ],
    distances: packages(2, 1, 20, 20),
  },
  { id: "xeon2", nodes: smt(2, 16, "96 GiB"), distances: packages(2, 1, 21, 21) },
  { id: "xeon4", nodes: smt(4, 18, "128 GiB"), distances: packages(4, 1, 21, 21) },
  {
    id: "epyc4",
    nodes: smt(4, 16, "64 GiB").map((node) => ({ ...node, cpus_per_llc: 16 })),
    distances: packages(4, 4, 12, 32),
  },
  {
    id: "epyc8",
    nodes: smt(8, 16, "64 GiB").map((node) => ({ ...node, cpus_per_llc: 16 })),
    distances: packages(8, 4, 12, 32),
  },
  { id: "xeon8", nodes: smt(8, 24, "192 GiB"), distances: packages(8, 4, 21, 31) },
  {
    id: "cxl",
    nodes: [...smt(2, 16, "64 GiB"), { memory: "128 GiB" }],
    distances: [
      [10, 21, 14],
      [21, 10, 24],
      [14, 24, 10],
    ],
  },
];
