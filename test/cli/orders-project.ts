import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jsonOf, tondo } from "./run-tondo.ts";

/** The moment that the example's tests load as of: a Thursday evening with orders in it. */
export const loadedAt = "2024-02-29T19:00:00Z";

/** Where the training period of the example ends and the holdout begins. */
export const holdoutFrom = "2024-02-16T00:00:00Z";

/** The arguments that make the example's training set. */
export const trainingSetArguments: readonly string[] = [
  ...["training-set", "eta", "--rows", "data/deliveries.parquet", "--carry", "country,city"],
  ...["--train-to", holdoutFrom, "--holdout-from", holdoutFrom, "--output", "training/eta"],
  // The store is loaded once, before the last of the rows ask.
  ...["--knowledge", "declared"],
];

/** The arguments that train the example's models. */
export const trainArguments: readonly string[] = [
  ...["train", "training/eta", "--model", "eta", "--label", "minutes", "--trainer", "linear"],
  ...["--level", "country", "--level", "city", "--min-rows", "1000"],
];

/** A folder of its own with the example in it, removed by the test. */
export interface OrdersProject extends AsyncDisposable {
  readonly folder: string;
}

/** Makes the example in a temporary folder and takes it as far as is asked for. */
export async function ordersProject(stage: "made" | "applied" | "served"): Promise<OrdersProject> {
  const folder = await mkdtemp(join(tmpdir(), "tondo-cli-"));
  await step(folder, "init");
  if (stage !== "made") await step(folder, "apply");
  if (stage === "served") {
    await step(folder, ...trainingSetArguments);
    await step(folder, ...trainArguments, "--tag", "champion");
    await step(folder, "materialize", "--as-of", loadedAt);
  }
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** Runs a command that must succeed, and returns its JSON. */
export async function step(folder: string, ...argv: readonly string[]): Promise<Record<string, unknown>> {
  const ran = await tondo(folder, ...argv, "--json");
  if (ran.code !== 0) throw new Error(`tondo ${argv.join(" ")}: ${ran.out}${ran.err}`);
  return jsonOf(ran);
}
