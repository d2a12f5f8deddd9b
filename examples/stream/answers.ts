import { formatMicros, type Tondo, type Value } from "../../src/index.ts";
import { couriers, restaurants } from "./orders.ts";

/** What was served for a request, by the columns that a training set has of it. */
export interface Answer {
  /** The moment that the answer is of. */
  readonly at: string;
  readonly store: string;
  readonly rider: string;
  readonly values: Readonly<Record<string, Value>>;
}

/** Asks for the vector of a restaurant and a courier, as of now. */
export async function ask(tondo: Tondo, store: string, rider: string): Promise<Answer> {
  const features = await tondo.features();
  // A store that is away could say so beside each value: here it is a failure.
  const row = await features.get("delivery", { store, rider }, { partial: false });
  const values: Record<string, Value> = {};
  for (const [role, own] of Object.entries(row.values))
    for (const [name, { value }] of Object.entries(own)) values[`${role}__${name.replaceAll(":", "__")}`] = value;
  return { at: formatMicros(row.at), store, rider, values };
}

/** The n-th request: each restaurant in turn, with each courier in turn. */
export function request(n: number): readonly [store: string, rider: string] {
  const turn = n + Math.floor(n / restaurants.length);
  return [restaurants[n % restaurants.length] ?? "", couriers[turn % couriers.length] ?? ""];
}
