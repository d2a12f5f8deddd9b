import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Checks } from "../../src/language-server/checks.ts";
import { LiveProject, type ProjectView } from "../../src/language-server/live-project.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-checks-"));
  await writeFile(join(folder, "a.tondo"), "entity e (id: strng)\n");
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe("checks in the background", () => {
  it("say what is wrong, and nothing of a project that has gone while its first check runs", async () => {
    const said: [LiveProject, ProjectView][] = [];
    const failures: unknown[] = [];
    const checks = new Checks(
      (project, view) => {
        said.push([project, view]);
        return Promise.resolve();
      },
      (error) => failures.push(error),
    );
    const [gone, stays] = [0, 1].map(() => new LiveProject(folder, false, (message) => failures.push(message)));
    if (gone === undefined || stays === undefined) throw new Error("no project");
    checks.soon(gone, true);
    // Its timer has been waited for once this one has, and no file has been read by then.
    await sleep(1);
    checks.forget(gone);
    checks.soon(stays, true);
    while (said.length === 0) await sleep(5);
    await checks.ready(gone);
    await gone.check(true);
    await sleep(20);
    expect(said.map(([project]) => project === stays)).toEqual([true]);
    expect(said[0]?.[1].diagnostics.map(({ code }) => code)).toEqual(["unknown-type"]);
    expect(failures).toEqual([]);
  });
});
