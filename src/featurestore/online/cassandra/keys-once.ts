/** Keys without repeats, and where each stands among those given. */
export interface KeysOnce {
  readonly unique: readonly Buffer[];
  /** For each unique key its place, or its places. */
  readonly places: readonly (number | readonly number[])[];
}

/** Keys as the driver takes them, each once. Copied: to take over the memory of a small array costs V8 more than its few bytes. */
export function keysOnce(keys: readonly Uint8Array[]): KeysOnce {
  const unique: Buffer[] = [];
  const places: (number | number[])[] = [];
  const seen = new Map<string, number>();
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (key === undefined) continue;
    const bytes = Buffer.from(key);
    const text = textOf(bytes);
    const known = seen.get(text);
    if (known === undefined) {
      seen.set(text, unique.length);
      unique.push(bytes);
      places.push(i);
      continue;
    }
    const place = places[known];
    if (typeof place === "number") places[known] = [place, i];
    else place?.push(i);
  }
  return { unique, places };
}

/** Bytes as a text that only equal bytes have. */
export function textOf(bytes: Buffer): string {
  return bytes.toString("latin1");
}
