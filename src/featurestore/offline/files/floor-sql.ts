/** `floor(a / b)` of whole numbers, b > 0; DuckDB's `//` cuts towards zero. */
export function floorDivide(a: string, b: string): string {
  return `((${a}) // ${b} - case when (${a}) % ${b} < 0 then 1 else 0 end)`;
}

/** The largest multiple of `b` that is at most `a`. */
export function floorTo(a: string, b: number): string {
  return `(${floorDivide(a, String(b))} * ${String(b)})`;
}
