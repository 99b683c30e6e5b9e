/**
 * The draft as plain JSON that is never changed in place. It may be of any shape, for it is also
 * edited as text: whoever reads it here takes what is of the wrong kind for missing.
 */

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json };
export type Table = { readonly [name: string]: Json };
export type Path = readonly (string | number)[];

export function isTable(value: Json | undefined): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** As the engine names fields: ["processes", 0, "name"] is "processes[0].name". */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}

/** What {@link pathText} was made of. */
export function pathOf(text: string): Path {
  const steps = text.match(/[^.[\]]+/g) ?? [];
  return steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

/** What stands at a path; undefined if there is no such place. */
export function valueAt(root: Json | undefined, path: Path): Json | undefined {
  return path.reduce<Json | undefined>((value, step) => {
    if (typeof step === "number") return isList(value) ? value[step] : undefined;
    return isTable(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }, root);
}

export function tableAt(root: Json | undefined, path: Path): Table {
  const value = valueAt(root, path);
  return isTable(value) ? value : {};
}

export function listAt(root: Json | undefined, path: Path): readonly Json[] {
  const value = valueAt(root, path);
  return isList(value) ? value : [];
}

/** A value as it is typed into a field. */
export function fieldText(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? listText(value) : String(value);
}

/** Lists of numbers are shown as the kernel writes them, everything else as JSON. */
function listText(value: Json): string {
  const isPlain = isList(value) && value.every((item) => typeof item === "number");
  return isPlain ? value.join(",") : JSON.stringify(value);
}

/** A table with something else at a path; tables and lists on the way are made where there are none. */
export function withValue(root: Table, path: Path, value: Json | undefined): Table {
  const made = put(root, path, value);
  return isTable(made) ? made : root;
}

function put(root: Json | undefined, path: Path, value: Json | undefined): Json | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof step === "number") return putItem(isList(root) ? root : [], step, rest, value);
  const table: Table = isTable(root) ? root : {};
  const inner = put(Object.hasOwn(table, step) ? table[step] : undefined, rest, value);
  if (inner !== undefined) return { ...table, [step]: inner };
  return Object.fromEntries(Object.entries(table).filter(([name]) => name !== step));
}

function putItem(
  list: readonly Json[],
  at: number,
  rest: Path,
  value: Json | undefined,
): readonly Json[] {
  const inner = put(list[at], rest, value);
  if (inner === undefined) return list.filter((_, index) => index !== at);
  if (at >= list.length) return [...list, inner];
  return list.map((item, index) => (index === at ? inner : item));
}

/** A list with an item put in before the one at `at`. */
export function withItem(root: Table, path: Path, at: number, item: Json): Table {
  const list = listAt(root, path);
  return withValue(root, path, [...list.slice(0, at), item, ...list.slice(at)]);
}

/** A list with the item at `from` taken to `to`. */
export function withMoved(root: Table, path: Path, from: number, to: number): Table {
  const list = listAt(root, path);
  const item = list[from];
  if (item === undefined || to < 0 || to >= list.length) return root;
  return withItem(withValue(root, [...path, from], undefined), path, to, item);
}

/** What was typed, as a value: nothing, a number where it is one, else the text as it is. */
export function typedNumber(text: string): Json | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  return /^-?\d{1,15}(\.\d+)?$/.test(trimmed) ? Number(trimmed) : text;
}

/** The table that a text is in JSON; null if it is none. */
export function readTable(text: string): Table | null {
  try {
    const value: Json = JSON.parse(text);
    return isTable(value) ? value : null;
  } catch {
    return null;
  }
}

/** As it is kept in files. */
export function writeTable(table: Table): string {
  return JSON.stringify(table, null, 2);
}

/** A name that is not taken yet, made of one that is. */
export function freshName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  const stem = name.replace(/ \d+$/, "");
  let number = 2;
  while (taken.includes(`${stem} ${number}`)) number += 1;
  return `${stem} ${number}`;
}
