/** Lines that only `numactl --hardware` prints. */
const LINES = /^\s*(available:\s*\d+\s+nodes?|node\s+\d+\s+(cpus|size|free)\s*:|node distances:)/m;

/** Whether a text is the output of `numactl --hardware` and not a scenario. */
export function isNumactl(text: string): boolean {
  return LINES.test(text);
}
