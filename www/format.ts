/** A whole number with thousands separated: 16384 → "16,384". */
export function formatCount(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 0 });
}
