/** What differs between two documents, field by field, with the paths that errors have too. */

export interface Difference {
  readonly path: string;
  /** As JSON; null where the field is not there. */
  readonly from: string | null;
  readonly to: string | null;
}

/** Titles say what a scenario is called, not what it does. */
const UNSAID: readonly string[] = ["title", "summary"];

export function differences(from: string, to: string): Difference[] {
  const [a, b] = [from, to].map((text): unknown => JSON.parse(text));
  return between("", a, b).filter(({ path }) => !UNSAID.includes(path.split(".")[0] ?? ""));
}

type Table = Readonly<Record<string, unknown>>;

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function between(path: string, from: unknown, to: unknown): Difference[] {
  if (isTable(from ?? {}) && isTable(to ?? {}) && (isTable(from) || isTable(to)))
    return betweenTables(path, from ?? {}, to ?? {});
  if (Array.isArray(from) && Array.isArray(to) && from.some(isTable) && to.some(isTable))
    return betweenLists(path, from, to);
  const [a, b] = [shown(from), shown(to)];
  return a === b ? [] : [{ path, from: a, to: b }];
}

/** A table that is not there is one without fields. */
function betweenTables(path: string, from: object, to: object): Difference[] {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  const dot = path === "" ? "" : ".";
  return names.flatMap((name) =>
    between(`${path}${dot}${name}`, (from as Table)[name], (to as Table)[name]),
  );
}

function betweenLists(
  path: string,
  from: readonly unknown[],
  to: readonly unknown[],
): Difference[] {
  const length = Math.max(from.length, to.length);
  return Array.from({ length }, (_, at) => at).flatMap((at) =>
    between(`${path}[${at}]`, from[at], to[at]),
  );
}

function shown(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
