import { canonicalJson, type Micros, parseTypeName, type Status, TondoError, worseStatus } from "../../core/index.ts";
import {
  type ExpressionPlan,
  type FunctionLibrary,
  isSecondHop,
  missingRaw,
  type Raw,
  type ReadPlan,
  storedNames,
  type VectorPlan,
} from "../../dsl/index.ts";
import { causeOf } from "./feature-value.ts";
import { sourceOf } from "./find-feature.ts";
import { GroupReader } from "./group-reader.ts";
import type { Lookup, ReadProgram } from "./read-program.ts";
import { type BlankRow, blankRow, type StoredAnswers } from "./stored-answers.ts";
import { VectorKeys, type VectorRequest } from "./vector-keys.ts";

/** The stored values that a vector reads, in the order of its `reads`. */
export interface VectorAnswer {
  readonly at: Micros;
  readonly values: readonly Raw[];
  readonly statuses: readonly Status[];
  /** Why what is unavailable is, by place; nothing where all could be read. */
  readonly causes: readonly (TondoError | undefined)[] | undefined;
  /** The id that this answer has in the log of served features, where it is there. */
  readonly requestId?: string;
}

/** A read by a key that is computed from others: its place among the answers, and theirs. */
interface SecondHop {
  readonly target: number;
  readonly inputs: readonly number[];
}

/** The reads of a vector, resolved once: which groups, under keys computed how, in at the most two rounds. */
export class VectorProgram implements ReadProgram<readonly VectorRequest[]> {
  readonly groups: readonly string[];
  readonly blank: BlankRow;
  readonly #keys: readonly VectorKeys[];
  readonly #secondHops: readonly SecondHop[];

  constructor(vector: VectorPlan, functions: FunctionLibrary) {
    const { reads } = vector;
    const targets = new Map(reads.map(({ id }, target) => [id, target]));
    const keyColumns = new Set(vector.keys.map(({ name }) => name));
    const first = reads.filter(({ key }) => !isSecondHop(key));
    const second = reads.filter(({ key }) => isSecondHop(key));
    this.#keys = [first, second].flatMap((round) =>
      round.length === 0
        ? []
        : [
            new VectorKeys(
              readersOf(vector, round, targets, functions),
              keyColumns,
              (id) => targets.get(id),
              functions,
            ),
          ],
    );
    this.groups = [...new Set(reads.map(({ entity, group }) => `${entity}:${group}`))];
    this.blank = blankRow(reads.map(({ type }) => missingRaw(parseTypeName(type).kind)));
    this.#secondHops = second.map(({ id, key }) => ({
      target: targets.get(id) ?? 0,
      inputs: storedNames(...key).map((input) => targets.get(input) ?? 0),
    }));
  }

  get rounds(): number {
    return this.#keys.length;
  }

  /** Whether answers are finished as they come; see {@link finish}. */
  get isFinished(): boolean {
    return this.#secondHops.length === 0;
  }

  lookups(round: number, requests: readonly VectorRequest[], answers: StoredAnswers): readonly Lookup[] {
    return this.#keys[round]?.lookups(requests, answers) ?? [];
  }

  /** The answers with their statuses: of a value by a computed key the worst of its own and of those that its key was made from. */
  finish(answers: StoredAnswers): StoredAnswers {
    if (this.#secondHops.length === 0) return answers;
    const { statuses, causes, stride } = answers;
    for (let base = 0; base < statuses.length; base += stride) {
      for (const { target, inputs } of this.#secondHops) {
        let status = statuses[base + target] ?? "unavailable";
        for (const input of inputs) status = worseStatus(status, statuses[base + input] ?? "unavailable");
        statuses[base + target] = status;
        if (causes !== undefined) causes[base + target] ??= causeOf(answers, base, inputs);
      }
    }
    return answers;
  }
}

/** One reader for each group and key, for some of a vector's reads. */
function readersOf(
  vector: VectorPlan,
  reads: readonly ReadPlan[],
  targets: ReadonlyMap<string, number>,
  functions: FunctionLibrary,
): ConstructorParameters<typeof VectorKeys>[0] {
  const parts = new Map<
    string,
    { group: string; key: readonly ExpressionPlan[]; wanted: { stored: string; target: number }[] }
  >();
  for (const { id, entity, group: name, stored, key } of reads) {
    const group = `${entity}:${name}`;
    const own = `${group}${canonicalJson(key)}`;
    const part = parts.get(own) ?? { group, key, wanted: [] };
    part.wanted.push({ stored, target: targets.get(id) ?? 0 });
    parts.set(own, part);
  }
  return [...parts.values()].map(({ group, key, wanted }) => {
    const plan = vector.groups.find(({ entity, name }) => `${entity}:${name}` === group);
    if (plan === undefined) throw new TondoError("INTERNAL", `the vector "${vector.name}" lacks the group ${group}`);
    return { reader: new GroupReader(plan, sourceOf(vector, plan), wanted, functions), key };
  });
}
