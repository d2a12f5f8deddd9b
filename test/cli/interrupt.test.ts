import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ordersProject, step, trainingSetArguments } from "./orders-project.ts";
import { errorOf, spawnTondo, tondoWith } from "./run-tondo.ts";

describe("Ctrl-C", () => {
  it("ends a training with 130 and leaves no model", async () => {
    await using project = await ordersProject("applied");
    const { folder } = project;
    await step(folder, ...trainingSetArguments);
    const sleep = ["--trainer-command", "sleep", "--trainer-arg", "60"];
    const args = ["train", "training/eta", "--model", "slow", "--label", "minutes", ...sleep];
    const started = performance.now();
    // By then it has started the program, which would take a minute.
    const running = spawnTondo(folder, args, { interruptAfterMs: 3_000 });
    const { code, err } = await running;
    expect(code).toBe(130);
    expect(err).toContain("error[ABORTED]: interrupted");
    expect(performance.now() - started).toBeLessThan(20_000);
    expect((await step(folder, "models"))["models"]).toEqual([]);
  });

  it("ends a training set, of which nothing is left", async () => {
    await using project = await ordersProject("applied");
    const { folder } = project;
    const signal = AbortSignal.abort(new Error("Ctrl-C"));
    const ran = await tondoWith({ folder, signal }, ...trainingSetArguments, "--json");
    expect([ran.code, errorOf(ran).code]).toEqual([130, "ABORTED"]);
    expect(await readdir(join(folder, "training"))).toEqual([]);
  });
});
