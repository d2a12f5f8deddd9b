import { typeName } from "../../core/index.ts";
import type { ExpressionPlan, GroupPlan, ReadPlan } from "../plan/index.ts";
import { planSize } from "./plan-size.ts";
import { typeOf } from "./resolve-call.ts";

/** The key of a reference: an expression for each column of the entity's key, and what it is called. */
export interface Key {
  readonly name: string;
  readonly columns: readonly ExpressionPlan[];
}

/** A key, and what it is in canonical JSON. */
export interface ReadKey extends Key {
  readonly text: string;
}

/** What one vector or test reads, and what that is called. A key of one text has one name. */
export class Reads {
  /** By id in lower case. */
  readonly #plans: Map<string, ReadPlan> = new Map<string, ReadPlan>();
  /** Ids of stored values under their keys. */
  readonly #ids: Map<string, string> = new Map<string, string>();
  /** The number to try next, by the id without one in lower case. */
  readonly #next: Map<string, number> = new Map<string, number>();
  #keySteps = 0;

  /** How many steps the keys of all reads come to. */
  get keySteps(): number {
    return this.#keySteps;
  }

  /** All of them by their ids. */
  get sorted(): readonly ReadPlan[] {
    return [...this.#plans.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** The read of an id. */
  get(id: string): ReadPlan | undefined {
    return this.#plans.get(id.toLowerCase());
  }

  /** A stored value of a group under a key: it is read from now on. */
  add(stored: string, group: GroupPlan, key: ReadKey): ExpressionPlan | undefined {
    const plan = group.stored.find(({ name }) => name === stored);
    if (plan === undefined) return undefined;
    // A request may leave its key out, or ask for one without rows: what is read may always be missing.
    const type = typeName({ kind: typeOf({ node: "stored", name: stored, type: plan.type }).kind, optional: true });
    const what = `${JSON.stringify([group.entity, group.name, stored])}${key.text}`;
    let id = this.#ids.get(what);
    if (id === undefined) {
      id = this.#newId(`__${group.entity}__${group.name}__${stored}`, key.name);
      this.#ids.set(what, id);
      this.#plans.set(id.toLowerCase(), {
        id,
        entity: group.entity,
        group: group.name,
        stored,
        type,
        key: key.columns,
      });
      for (const column of key.columns) this.#keySteps += planSize(column).nodes;
    }
    return { node: "stored", type, name: id };
  }

  /** Names that are joined may come out the same, or the same but for upper and lower case: then they are numbered. */
  #newId(end: string, key: string): string {
    const base = `${key}${end}`.toLowerCase();
    let n = this.#next.get(base) ?? 1;
    const id = (): string => `${key}${n === 1 ? "" : `_${String(n)}`}${end}`;
    while (this.#plans.has(id().toLowerCase())) n++;
    this.#next.set(base, n + 1);
    return id();
  }
}
