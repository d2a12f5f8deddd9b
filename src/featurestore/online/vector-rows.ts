import { type AnyProject, type Micros, parseTypeName, type ValueKind, type VectorTypes } from "../../core/index.ts";
import { readName, type VectorPlan } from "../../dsl/index.ts";
import { type FeatureValue, storedValue } from "./feature-value.ts";
import type { StoredAnswers } from "./stored-answers.ts";

/** What a vector reads for one request, and the moment it is of. */
export interface VectorRow<R extends VectorTypes["reads"] = AnyProject["vectors"][string]["reads"]> {
  readonly at: Micros;
  /** The id that this answer has in the log of served features, where it is there. */
  readonly requestId?: string;
  /**
   * By the name of the key (a role, or what the key is computed by) and the canonical name of the stored value.
   *
   * @example `values.store["restaurant:kitchen:prep_7d"] // { value: 12.5, status: "present" }`
   */
  readonly values: { readonly [K in keyof R]: { readonly [N in keyof R[K]]: FeatureValue<R[K][N]> } };
}

interface Output {
  readonly name: string;
  readonly kind: ValueKind;
  readonly place: number;
}

/** Names what was read for a vector. */
export class VectorRows {
  readonly #byKey: ReadonlyMap<string, readonly Output[]>;

  constructor({ reads }: VectorPlan) {
    const byKey = new Map<string, Output[]>();
    for (const [place, read] of reads.entries()) {
      const { key, name } = readName(read);
      byKey.set(key, [...(byKey.get(key) ?? []), { name, kind: parseTypeName(read.type).kind, place }]);
    }
    this.#byKey = byKey;
  }

  /**
   * The rows of some answers, in their order.
   * @param ids what each is called in the log, where it is there
   */
  of(answers: StoredAnswers, rows: number, ids?: readonly (string | undefined)[]): readonly VectorRow[] {
    return Array.from({ length: rows }, (_, row) => {
      const values: Record<string, Record<string, FeatureValue>> = {};
      for (const [key, outputs] of this.#byKey) {
        const own: Record<string, FeatureValue> = {};
        for (const { name, kind, place } of outputs) {
          own[name] = storedValue(answers, row * answers.stride + place, kind);
        }
        values[key] = own;
      }
      const requestId = ids?.[row];
      return requestId === undefined ? { at: answers.at, values } : { at: answers.at, requestId, values };
    });
  }
}
