import { type Database, open } from "lmdb";
import { exactValue } from "../../src/core/index.ts";
import { at } from "./world.ts";

/**
 * What a careful person would write for these definitions alone: offsets known, nothing checked, no names, no
 * statuses, no versions, no moments but the one loaded. Records are the ones that were loaded.
 */
interface Raw {
  getBinaryFast(key: Buffer): Buffer | undefined;
}

const bytes = new Uint8Array(1 << 20);
const words = new Float64Array(bytes.buffer);
const halves = new Uint32Array(bytes.buffer);
const text = new TextDecoder();
const binary = { encoding: "binary", keyEncoding: "binary" } as const;

const hour = 3_600_000_000;
const day = 24 * hour;
const floor = (moment: number, step: number): number => Math.floor(moment / step) * step;
/** Where windows of 30 days, 7 days and an hour begin. */
const from30d = floor(at - 30 * day, day);
const from7d = floor(at - 7 * day, hour);
const from1h = floor(at - hour, 300_000_000);

/** Reads the records of three groups. */
export class ByHand {
  readonly #root: Database;
  readonly #profile: Raw;
  readonly #spend: Raw;
  readonly #views: Raw;

  constructor(folder: string) {
    const root = open({ path: folder, ...binary, readOnly: true, noSubdir: false, maxDbs: 1000, maxReaders: 256 });
    this.#root = root;
    // The first generation of a group.
    const slot = (group: string): Raw => root.openDB({ name: `${group} 1`, ...binary });
    this.#profile = slot("user:profile");
    this.#spend = slot("user:spend");
    this.#views = slot("user:views");
  }

  /** The vector `spend`'s twenty values: ten of the profile, ten of purchases. */
  twenty(id: string): (number | string | null)[] {
    const key = keyOf(id);
    const values = profile(this.#profile.getBinaryFast(key));
    spend(this.#spend.getBinaryFast(key), values);
    return values;
  }

  /** The vector `watched`'s fifteen. */
  fifteen(id: string): number[] {
    return views(this.#views.getBinaryFast(keyOf(id)));
  }

  async close(): Promise<void> {
    await this.#root.close();
  }
}

/** The bytes of a user's key. */
export function keyOf(id: string): Buffer {
  const key = Buffer.allocUnsafe(id.length + 3);
  key[0] = 3;
  key.write(id, 1, "latin1");
  key[id.length + 1] = 0;
  key[id.length + 2] = 1;
  return key;
}

function load(record: Buffer): void {
  bytes.set(new Uint8Array(record.buffer, record.byteOffset, record.length));
}

/** One version: header, count, sizes, t, k, bitmap, f0 to f7, plan, visits, text. */
export function profile(record: Buffer | undefined): (number | string | null)[] {
  if (record === undefined) return [NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, null, NaN];
  load(record);
  const present = halves[10] ?? 0;
  const values: (number | string | null)[] = [];
  for (let i = 0; i < 8; i++) values.push((present & (1 << i)) === 0 ? NaN : (words[6 + i] ?? 0));
  const start = 16 * 8 + (halves[28] ?? 0);
  values.push(text.decode(bytes.subarray(start, start + (halves[29] ?? 0))));
  values.push((halves[31] ?? 0) * 2 ** 32 + (halves[30] ?? 0));
  return values;
}

const total = new Float64Array(4);

/** Adds the state of a mean to the totals; gives how many values it is of. */
function addSum(state: number): number {
  for (let i = 0; i < 4; i++) total[i] = (total[i] ?? 0) + (words[state + 2 + i] ?? 0);
  return words[state] ?? 0;
}

function meanOf(n: number): number {
  return n === 0 ? NaN : (exactValue(total, 0) ?? NaN) / n;
}

/** Tiles of a day: max, mean, min, count; of an hour: last, max, mean, count; of five minutes: mean, count. */
export function spend(record: Buffer | undefined, values: (number | string | null)[]): void {
  if (record === undefined) {
    values.push(NaN, NaN, NaN, NaN, NaN, NaN, NaN, 0, 0, 0);
    return;
  }
  load(record);
  let place = 1;
  let count = halves[place * 2] ?? 0;
  let numbers = place + 1 + count;
  let [n30, max30, min30] = [0, -Infinity, Infinity];
  total.fill(0);
  for (let i = count - 1; i >= 0 && (words[place + 1 + i] ?? 0) >= from30d; i--) {
    const tile = numbers + i * 9;
    max30 = Math.max(max30, words[tile] ?? 0);
    addSum(tile + 1);
    min30 = Math.min(min30, words[tile + 7] ?? 0);
    n30 += words[tile + 8] ?? 0;
  }
  const mean30 = meanOf(n30);
  place = numbers + count * 9;
  count = halves[place * 2] ?? 0;
  numbers = place + 1 + count;
  let [n7, max7, latest, last7] = [0, -Infinity, -Infinity, NaN];
  total.fill(0);
  for (let i = count - 1; i >= 0 && (words[place + 1 + i] ?? 0) >= from7d; i--) {
    const tile = numbers + i * 10;
    if ((words[tile] ?? 0) > latest) [latest, last7] = [words[tile] ?? 0, words[tile + 1] ?? 0];
    max7 = Math.max(max7, words[tile + 2] ?? 0);
    addSum(tile + 3);
    n7 += words[tile + 9] ?? 0;
  }
  const mean7 = meanOf(n7);
  place = numbers + count * 10;
  count = halves[place * 2] ?? 0;
  numbers = place + 1 + count;
  let n1 = 0;
  total.fill(0);
  for (let i = count - 1; i >= 0 && (words[place + 1 + i] ?? 0) >= from1h; i--) n1 += addSum(numbers + i * 7);
  if (n30 === 0) [max30, min30] = [NaN, NaN];
  values.push(last7, max30, n7 === 0 ? NaN : max7, meanOf(n1), mean30, mean7, min30, n1, n30, n7);
}

/** Tiles of each hop: max, mean, min, count; the sum is the state of the mean. */
export function views(record: Buffer | undefined): number[] {
  const [max, mean, min, n, sum]: number[][] = [[], [], [], [], []];
  if (record !== undefined) load(record);
  let place = 1;
  for (const from of [from30d, from7d, from1h]) {
    const count = record === undefined ? 0 : (halves[place * 2] ?? 0);
    const numbers = place + 1 + count;
    let [events, highest, lowest] = [0, -Infinity, Infinity];
    total.fill(0);
    for (let i = count - 1; i >= 0 && (words[place + 1 + i] ?? 0) >= from; i--) {
      const tile = numbers + i * 9;
      highest = Math.max(highest, words[tile] ?? 0);
      addSum(tile + 1);
      lowest = Math.min(lowest, words[tile + 7] ?? 0);
      events += words[tile + 8] ?? 0;
    }
    const summed = events === 0 ? NaN : (exactValue(total, 0) ?? NaN);
    max?.push(events === 0 ? NaN : highest);
    mean?.push(summed / events);
    min?.push(events === 0 ? NaN : lowest);
    n?.push(events);
    sum?.push(summed);
    place = numbers + count * 9;
  }
  // Names come sorted: 1h, 30d, 7d.
  return [max, mean, min, n, sum].flatMap((of = []) => [of[2] ?? NaN, of[0] ?? NaN, of[1] ?? NaN]);
}
