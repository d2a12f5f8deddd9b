import {
  type AnyProject,
  type Moment,
  type ProjectTypes,
  type RegisteredProject,
  type Status,
  TondoError,
  type Value,
  type VectorName,
} from "./core/index.ts";
import { readName, type VectorPlan } from "./dsl/index.ts";
import {
  type ComparingOptions,
  type ConsistencyReport,
  consistencyText,
  type FeatureReader,
  type LoggedRequest,
  type RequestKeys,
  requestReader,
} from "./featurestore/index.ts";
import type { Tondo } from "./open.ts";
import type { PartitionPath } from "./registry/index.ts";

/** A request to ask the online store with: keys by role, and inputs. */
export type ConsistentRequest<
  P extends ProjectTypes = AnyProject,
  V extends VectorName<P> = VectorName<P>,
> = V extends unknown
  ? {
      readonly keys: P["vectors"][V]["keys"];
      /** Those that keys are computed from; with `model` all that the vector takes. */
      readonly inputs?: Partial<P["vectors"][V]["inputs"]>;
      /** The place in the model's hierarchy, with `model`. */
      readonly partition?: PartitionPath;
    }
  : never;

/** How {@link expectConsistent} asks and compares. */
export interface ExpectConsistentOptions extends Pick<
  ComparingOptions,
  "tolerance" | "knowledge" | "examples" | "pii" | "signal"
> {
  /** The moment of the requests; default: the clock's, or that of the newest load where it is later. */
  readonly at?: Moment;
  /** `model@tag`, fed by the vector: requests are predictions by it, and slots are compared, too. Default: features alone are read and compared. */
  readonly model?: string;
}

/** Whatever project is registered. */
// The default is another one where a project is registered.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-arguments
type AnyTondo = Tondo<AnyProject>;

/** How many keys are asked for at once. */
const keysAtOnce = 1_000;

/**
 * Asks the online store what some requests are served (no log of served features has them), replays them through the training path and expects the same values, to the bit: for a project's own tests,
 * of any framework. It gives the report where they agree, and throws where they do not.
 *
 * @example
 * ```ts
 * test("what is served is what is trained on", async () => {
 *   await expectConsistent(tondo, "eta", [{ keys: { store: "r1" } }, { keys: { store: "nobody" } }]);
 * });
 * ```
 * @throws TondoError `INCONSISTENT` with what differs, where or where nothing could be compared; what `features.get`, `predict` and `consistency` throw
 */
export function expectConsistent<
  P extends ProjectTypes = RegisteredProject,
  const V extends VectorName<P> = VectorName<P>,
>(
  tondo: Tondo<P>,
  vector: V,
  requests: readonly ConsistentRequest<P, V>[],
  options?: ExpectConsistentOptions,
): Promise<ConsistencyReport>;
// At run time names, keys and inputs are looked at.
export async function expectConsistent(
  tondo: AnyTondo,
  vector: string,
  requests: readonly ConsistentRequest[],
  options: ExpectConsistentOptions = {},
): Promise<ConsistencyReport> {
  const { at, model, ...how } = options;
  const plan = (await tondo.project()).vectors.find(({ name }) => name === vector);
  if (plan === undefined) {
    throw new TondoError("UNKNOWN_VECTOR", `no vector "${vector}" has been applied`, {
      hint: "Apply the definitions first.",
    });
  }
  const log =
    model === undefined
      ? await readRequests(await tondo.features(), plan, requests, at)
      : await predictRequests(tondo, plan, requests, model, at);
  const report = await tondo.consistency(vector, { ...how, log });
  if (report.consistent) return report;
  throw new TondoError("INCONSISTENT", consistencyText(report), {
    hint: "`tondo consistency` says more, of logged requests.",
    details: {
      vector,
      outputs: [...report.features, ...report.slots].map(({ name, compared, equal, beyond, statusesDisagree }) => ({
        ...{ name, compared, equal, beyond, statusesDisagree },
      })),
    },
  });
}

async function readRequests(
  features: FeatureReader,
  plan: VectorPlan,
  requests: readonly ConsistentRequest[],
  at: Moment | undefined,
): Promise<readonly LoggedRequest[]> {
  const columnsOf = requestReader(plan, "reads");
  const log: LoggedRequest[] = [];
  for (let from = 0; from < requests.length; from += keysAtOnce) {
    const some = requests.slice(from, from + keysAtOnce);
    const inputs = some.map((one) => one.inputs ?? {});
    const rows = await features.get(
      plan,
      some.map(({ keys }): RequestKeys => keys),
      { inputs, log: false, ...(at === undefined ? {} : { at }) },
    );
    for (const [i, row] of rows.entries()) {
      const values: Record<string, { readonly value: Value; readonly status: Status }> = {};
      for (const read of plan.reads) {
        const { key, name } = readName(read);
        const found = row.values[key]?.[name];
        if (found !== undefined) values[read.id] = { value: found.value, status: found.status };
      }
      const columns = columnsOf(some[i]?.keys ?? {}, some[i]?.inputs ?? {});
      log.push({ requestId: String(from + i), at: row.at, columns, values });
    }
  }
  return log;
}

async function predictRequests(
  tondo: AnyTondo,
  plan: VectorPlan,
  requests: readonly ConsistentRequest[],
  model: string,
  at: Moment | undefined,
): Promise<readonly LoggedRequest[]> {
  const columnsOf = requestReader(plan);
  const log: LoggedRequest[] = [];
  for (const [i, { keys, inputs = {}, partition }] of requests.entries()) {
    const answer = await tondo.predict(model, {
      ...{ keys, inputs, vector: plan.name, log: false },
      ...(partition === undefined ? {} : { partition }),
      ...(at === undefined ? {} : { at }),
    });
    log.push({
      requestId: String(i),
      at: answer.at,
      columns: columnsOf(keys, inputs),
      values: answer.features,
      slots: answer.vector,
      modelVersion: answer.version.id,
    });
  }
  return log;
}
