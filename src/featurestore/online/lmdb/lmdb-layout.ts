/** Keys and values of the environment are bytes. */
export type Bytes = Uint8Array;

/** How many generations of a group can be on the disk at once: the current one, the one before it, the next one. */
export const slotCount = 3;

const text = new TextEncoder();

/** Where the number of pointer switches stands, in `meta`. */
export const switchesKey: Bytes = text.encode("switches");

/** Where a group's pointer stands, in `meta`. */
export function pointerKey(group: string): Bytes {
  return text.encode(`pointer ${group}`);
}

/** Where it stands which generation a slot holds, in `meta`. */
export function slotKey(group: string, generation: number): Bytes {
  return text.encode(`slot ${String(generation % slotCount)} ${group}`);
}

/** The database that holds a generation's records. */
export function slotName(group: string, generation: number): string {
  return `${group} ${String(generation % slotCount)}`;
}
