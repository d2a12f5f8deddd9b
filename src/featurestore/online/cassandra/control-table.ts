import { encodePointer } from "../group-pointer.ts";
import type { PointerSwitch } from "../online-store.ts";
import { unavailable } from "./cassandra-error.ts";
import { controlTable, quoteName } from "./cassandra-schema.ts";
import type { Row, Session, Statement } from "./session.ts";
import { settleChange } from "./settle-change.ts";

/** A generation as the control table knows it. */
export interface GenerationEntry {
  readonly generation: number;
  /** `loading`: never current yet. `ready`: is or was current. `dropped`: its table goes once it is not held. */
  readonly state: "loading" | "ready" | "dropped";
  /** Whether somebody may still read it. */
  readonly isHeld: boolean;
}

/** What the control table says of a group. */
export interface GroupState {
  readonly current: number | null;
  readonly pointer: Buffer | null;
  /** The number of the next generation. */
  readonly next: number | null;
  /** Who loads it, and until when that counts. */
  readonly holder: string | null;
  readonly heldUntil: Date | null;
  readonly generations: readonly GenerationEntry[];
  /** To which overlays rows were ever pushed, as the table says it. */
  readonly pushed: string | null;
}

/** A claim on a group. */
export interface Claim {
  readonly group: string;
  readonly generation: number;
  readonly holder: string;
}

/** The table of pointers, leases and generations: read serially, changed by conditional batches. */
export class ControlTable {
  readonly #session: Session;
  readonly #name: string;
  readonly #entry: string;

  constructor(session: Session) {
    this.#session = session;
    this.#name = `${quoteName(session.settled.keyspace)}.${quoteName(controlTable)}`;
    this.#entry = `WHERE store = ? AND "group" = ? AND entry = ?`;
  }

  /** The groups of the store of which anything stands here, ascending. */
  async groups(doing: string): Promise<readonly string[]> {
    const query = `SELECT "group" FROM ${this.#name} WHERE store = ?`;
    const rows = await this.#session.ask(doing, query, [this.#session.settled.store], true);
    return [...new Set(rows.flatMap(({ group }) => (typeof group === "string" ? [group] : [])))].sort();
  }

  /** What stands of a group now. */
  async read(group: string, doing: string): Promise<GroupState> {
    const columns = "entry, generation, pointer, next, holder, held_until, state, held, pushed";
    const query = `SELECT ${columns} FROM ${this.#name} WHERE store = ? AND "group" = ?`;
    const rows = await this.#session.ask(doing, query, [this.#session.settled.store, group], true);
    const own = rows.find((row) => row["entry"] === 0);
    return {
      current: (own?.["generation"] ?? null) as number | null,
      pointer: (own?.["pointer"] ?? null) as Buffer | null,
      next: (own?.["next"] ?? null) as number | null,
      holder: (own?.["holder"] ?? null) as string | null,
      heldUntil: (own?.["held_until"] ?? null) as Date | null,
      pushed: (own?.["pushed"] ?? null) as string | null,
      generations: rows.filter((row) => row["entry"] !== 0 && row["state"] !== null).map(entryOf),
    };
  }

  /** Takes a group, and the next generation's number, unless somebody else has either. */
  claim(claim: Claim, { next }: GroupState, until: Date, doing: string): Promise<boolean> {
    const { group, generation, holder } = claim;
    return this.#settle(
      doing,
      [
        this.#hold(claim, until, "IF holder = NULL AND next = ?", next),
        this.#update(group, 0, "SET next = ?", [generation + 1]),
        this.#update(group, generation, "SET state = 'loading'", [], "IF state = NULL"),
      ],
      async () => (await this.read(group, doing)).holder === holder,
    );
  }

  /** Holds a group for longer. `false` where it is not held by this claim any more. */
  async renew(claim: Claim, until: Date): Promise<boolean> {
    return this.#session.decide([this.#hold(claim, until, "IF holder = ?", claim.holder)]);
  }

  /** Moves pointers, all or none; those of claims only while these are held, which ends with it. */
  switch(switches: readonly PointerSwitch[], holderOf: (one: PointerSwitch) => string | undefined): Promise<boolean> {
    const doing = "switching to what was loaded";
    const statements = switches.flatMap((one) => {
      const { pointer, expected = null } = one;
      const { group, generation } = pointer;
      const holder = holderOf(one);
      const set = "SET generation = ?, pointer = ?";
      const values = [generation, Buffer.from(encodePointer(pointer))];
      return [
        holder === undefined
          ? this.#update(group, 0, set, values, "IF generation = ?", [expected])
          : this.#update(
              group,
              0,
              `${set}, holder = NULL, held_until = NULL`,
              values,
              "IF generation = ? AND holder = ?",
              [expected, holder],
            ),
        this.#update(group, generation, "SET state = 'ready'", [], "IF state IN ('loading', 'ready')"),
      ];
    });
    return this.#settle(doing, statements, async () => {
      for (const { pointer } of switches) {
        const found = (await this.read(pointer.group, doing)).pointer;
        if (found?.equals(encodePointer(pointer)) !== true) return false;
      }
      return true;
    });
  }

  /** Says that rows are pushed to an overlay of a group, unless it was said: whoever reads pointers from then on looks for them. */
  async markPushed(group: string, overlay: string, doing: string): Promise<void> {
    // An overlay is marked once, and by few at a time.
    for (let left = this.#session.settled.limits.pushTries; left > 0; left--) {
      const { pushed } = await this.read(group, doing);
      const overlays = overlaysOf(pushed);
      if (overlays.has(overlay)) return;
      const now = JSON.stringify([...overlays, overlay]);
      const statement = this.#update(group, 0, "SET pushed = ?", [now], "IF pushed = ?", [pushed]);
      // Whoever was faster is looked at anew.
      if (await this.#settle(doing, [statement], async () => (await this.read(group, doing)).pushed === now)) return;
    }
    throw unavailable(doing, "others push for the first time, too", "overloaded", this.#session.settled.where);
  }

  /**
   * Marks a generation as dropped while it is what it was in `state`, holds it for those who may still read it, and ends the claim that it was
   * loaded under.
   */
  retire(
    group: string,
    { generation, state: entryState }: GenerationEntry,
    state: GroupState,
    hold: { readonly ms: number; readonly holder: string | undefined },
    doing: string,
  ): Promise<boolean> {
    const { current, next } = state;
    const isOwn = hold.holder !== undefined;
    const conditions = `IF generation = ? AND next = ?${isOwn ? " AND holder = ?" : ""}`;
    const statements = [
      this.#update(
        group,
        0,
        `SET next = ?${isOwn ? ", holder = NULL, held_until = NULL" : ""}`,
        [next],
        conditions,
        isOwn ? [current, next, hold.holder] : [current, next],
      ),
      this.#update(group, generation, "SET state = 'dropped'", [], "IF state = ?", [entryState]),
    ];
    if (entryState === "ready") {
      statements.push(this.#update(group, generation, "USING TTL ? SET held = true", [secondsFor(hold.ms)]));
    }
    return this.#settle(doing, statements, async () => {
      const after = await this.read(group, doing);
      return after.generations.every((one) => one.generation !== generation || one.state === "dropped");
    });
  }

  /** Marks what a load that died left behind. `false` where it is something else by now. */
  abandon(group: string, generation: number, doing: string): Promise<boolean> {
    return this.#settle(
      doing,
      [this.#update(group, generation, "SET state = 'dropped'", [], "IF state = ?", ["loading"])],
      () => Promise.resolve(true),
    );
  }

  /** Forgets a generation whose table is gone. */
  async forget(group: string, generation: number, doing: string): Promise<void> {
    const query = `DELETE FROM ${this.#name} ${this.#entry} IF state = ?`;
    const params = [this.#session.settled.store, group, generation, "dropped"];
    await this.#settle(doing, [{ query, params }], () => Promise.resolve(true));
  }

  #hold({ group, holder }: Claim, until: Date, condition: string, bound: unknown): Statement {
    const seconds = secondsFor(this.#session.settled.limits.leaseMs);
    return this.#update(group, 0, "USING TTL ? SET holder = ?, held_until = ?", [seconds, holder, until], condition, [
      bound,
    ]);
  }

  #update(
    group: string,
    entry: number,
    set: string,
    values: readonly unknown[],
    condition = "",
    bound: readonly unknown[] = [],
  ): Statement {
    const query = `UPDATE ${this.#name} ${set} ${this.#entry} ${condition}`.trimEnd();
    return { query, params: [...values, this.#session.settled.store, group, entry, ...bound] };
  }

  #settle(doing: string, statements: readonly Statement[], isTaken: () => Promise<boolean>): Promise<boolean> {
    return settleChange(this.#session, doing, statements, isTaken);
  }
}

/** The overlays that the control table names. */
export function overlaysOf(pushed: string | null): ReadonlySet<string> {
  return new Set(pushed === null ? [] : (JSON.parse(pushed) as readonly string[]));
}

/** A time to live that is no shorter than so many milliseconds: Cassandra counts from the second in which a cell is written. */
function secondsFor(ms: number): number {
  return Math.ceil(ms / 1000) + 1;
}

function entryOf(row: Row): GenerationEntry {
  return {
    generation: row["entry"] as number,
    state: row["state"] as GenerationEntry["state"],
    isHeld: row["held"] === true,
  };
}
