import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type PlacedPosition,
  positionOf,
  positionText,
  type StreamMove,
  type StreamPosition,
  type TopicPartition,
} from "../stream-position.ts";
import { crowded, orderTable, updateEntry } from "./order-entry.ts";
import type { Session, Statement } from "./session.ts";
import { settleChange } from "./settle-change.ts";

/** How far the topics of sources are read, beside what was decided of pushes; and the name of the store, by which groups of readers are called. */
export class StreamPositions {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** How far a source is read. */
  async of(source: string, doing: string): Promise<readonly PlacedPosition[]> {
    const query = `SELECT entry, position FROM ${orderTable(this.#session)} WHERE store = ? AND entry > ? AND entry < ?`;
    const found: PlacedPosition[] = [];
    for await (const row of this.#session.pages(doing, query, [this.#store, positionsStart, positionsEnd], "serial")) {
      const [own, topic = "", partition = ""] = JSON.parse((row["entry"] as string).slice(1)) as readonly string[];
      if (own === source) found.push({ topic, partition, position: positionOf(row["position"] as string) });
    }
    return found;
  }

  /** Changes how far a source is read, and nothing else. */
  async move(source: string, moves: readonly StreamMove[], doing: string): Promise<readonly StreamPosition[]> {
    if (moves.length === 0) return [];
    for (let left = this.#session.settled.limits.pushTries; left > 0; left--) {
      const { statements, positions, isTaken } = await this.moves(source, moves, doing);
      if (await settleChange(this.#session, doing, statements, isTaken)) return positions;
      await sleep(Math.random() * 10);
    }
    throw crowded(this.#session, doing);
  }

  /** What a change of positions takes, which holds only where nobody changed them since. */
  async moves(
    source: string,
    moves: readonly StreamMove[],
    doing: string,
  ): Promise<{
    readonly statements: readonly Statement[];
    readonly positions: readonly StreamPosition[];
    readonly isTaken: () => Promise<boolean>;
  }> {
    if (moves.length === 0) return { statements: [], positions: [], isTaken: () => Promise.resolve(true) };
    const entries = moves.map((move) => positionEntry(source, move));
    const stored = await this.#stored(entries, doing);
    const positions = moves.map(({ change }, i) => {
      const text = stored.get(entries[i] ?? "");
      return change(text === undefined ? undefined : positionOf(text));
    });
    const texts = positions.map(positionText);
    const statements = entries.map((entry, i): Statement => {
      const { query, params } = updateEntry(this.#session, entry, "position = ?", [texts[i]]);
      return { query: `${query} IF position = ?`, params: [...params, stored.get(entry) ?? null] };
    });
    const isTaken = async (): Promise<boolean> => {
      const now = await this.#stored(entries, doing);
      return entries.every((entry, i) => now.get(entry) === texts[i]);
    };
    return { statements, positions, isTaken };
  }

  async #stored(entries: readonly string[], doing: string): Promise<ReadonlyMap<string, string>> {
    const query = `SELECT entry, position FROM ${orderTable(this.#session)} WHERE store = ? AND entry IN ?`;
    const rows = await this.#session.ask(doing, query, [this.#store, entries], true);
    return new Map(rows.map((row) => [row["entry"] as string, row["position"] as string]));
  }

  /** The name of the store: the first that was ever given to it. */
  async identity(doing: string): Promise<string> {
    const read = async (): Promise<string | undefined> =>
      (await this.#stored([identityEntry], doing)).get(identityEntry);
    const known = await read();
    if (known !== undefined) return known;
    const made = randomUUID();
    const { query, params } = updateEntry(this.#session, identityEntry, "position = ?", [made]);
    const statement = { query: `${query} IF position = NULL`, params };
    const isOwn = await settleChange(this.#session, doing, [statement], async () => (await read()) === made);
    return isOwn ? made : ((await read()) ?? made);
  }

  get #store(): string {
    return this.#session.settled.store;
  }
}

/** The store's own name. */
const identityEntry = "i";

/** Between which entries it stands how far topics are read. */
const positionsStart = "t";
const positionsEnd = "u";

function positionEntry(source: string, { topic, partition }: TopicPartition): string {
  return `${positionsStart}${JSON.stringify([source, topic, partition])}`;
}
