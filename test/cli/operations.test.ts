import { execFileSync } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseYaml } from "../featurestore/schedule/parse-yaml.ts";
import { type OrdersProject, ordersProject, step } from "./orders-project.ts";
import { errorOf, jsonOf, tondo, tondoWith } from "./run-tondo.ts";

describe("freshness, schedule and generations", () => {
  let project: OrdersProject;
  let folder: string;
  beforeAll(async () => {
    project = await ordersProject("applied");
    ({ folder } = project);
  });
  afterAll(() => project[Symbol.asyncDispose]());

  it("say that nothing has been loaded, or applied", async () => {
    const ran = await tondo(folder, "freshness");
    expect([ran.code, ran.out]).toEqual([
      3,
      expect.stringMatching(/kitchen +absent +- +- +1h +-\n.*\n\n.*\n\n1 of 1 do not keep their sla\n$/) as string,
    ]);
    const { out } = await tondo(folder, "generations");
    expect(out).toMatch(/^restaurant:profile +- +absent +-/m);
    const refused = await tondo(folder, "generations", "rollback", "restaurant:kitchen", "--json");
    expect([refused.code, errorOf(refused).code]).toEqual([1, "ROLLBACK_REFUSED"]);
    await using made = await ordersProject("made");
    for (const name of ["freshness", "schedule", "generations"])
      expect(errorOf(await tondo(made.folder, name, "--json")).code).toBe("NOT_APPLIED");
    expect(await readdir(made.folder)).not.toContain(".tondo");
  });

  it("freshness counts to now or --at, and says by its exit code whether an sla is kept", async () => {
    await step(folder, "materialize", "--as-of", "2024-02-29T19:00:00Z");
    const at = async (moment: string, ...more: readonly string[]): Promise<[number, Record<string, unknown>]> => {
      const ran = await tondo(folder, "freshness", "--at", moment, "--json", ...more);
      return [ran.code, jsonOf(ran)];
    };
    const [code, kept] = await at("2024-02-29T20:00:00Z");
    expect(code).toBe(0);
    expect(kept).toMatchObject({
      at: "2024-02-29T20:00:00.000Z",
      kept: true,
      groups: [
        {
          ...{ group: "restaurant:kitchen", status: "fresh", asOf: "2024-02-29T19:00:00.000Z", generation: 1 },
          ...{ ageMicros: 3_600_000_000, slaMicros: 3_600_000_000, kept: true, refusals: [], rolledBack: null },
        },
        { group: "restaurant:profile", status: "loaded", slaMicros: null, kept: null },
      ],
      warnings: [expect.stringMatching(/^no sla: restaurant:profile;/) as string],
    });
    expect(await at("2024-02-29T20:00:00.000001Z")).toMatchObject([
      3,
      { kept: false, groups: [{ status: "late" }, {}] },
    ]);
    expect(await at("2030-01-01", "restaurant:profile")).toMatchObject([
      0,
      { kept: true, groups: [{ status: "loaded" }] },
    ]);
    expect((await tondo(folder, "freshness")).code).toBe(3);
    expect((await tondo(folder, "freshness", "--at", "2024-02-29T18:00:00Z")).out).toMatch(/ in 1 h 0 min +1h /);
    expect((await tondo(folder, "freshness", "--at", "soon")).code).toBe(2);
    const unknown = await tondo(folder, "freshness", "restaurant:kitchn", "--json");
    expect([unknown.code, errorOf(unknown).code]).toEqual([1, "UNKNOWN_GROUP"]);
  });

  it("freshness says what readers are refused of", async () => {
    await using other = await ordersProject("applied");
    await step(other.folder, "materialize", "--as-of", "2024-02-29T19:00:00Z");
    const file = join(other.folder, "orders.tondo");
    const text = await readFile(file, "utf8");
    await writeFile(
      file,
      text.replace("/// Whether that is a lot.", "n_1h = count() over 1h\n  /// Whether that is a lot."),
    );
    await step(other.folder, "apply");
    const ran = await tondo(other.folder, "freshness", "--at", "2024-02-29T19:00:01Z");
    expect(ran.code).toBe(3);
    expect(ran.out).toMatch(/^restaurant:kitchen +outdated +2024-02-29 19:00:00 +1\.0 s +1h /m);
    expect(ran.out).toMatch(
      /warning: .* readers are refused: "n_1h" of restaurant:kitchen has not been materialized: its group/,
    );
    await writeFile(file, text);
    await step(other.folder, "apply", "--replace");
    expect((await tondo(other.folder, "freshness", "--at", "2024-02-29T19:00:01Z")).code).toBe(0);
  });

  it("schedule prints what it planned, as a table, for cron and for Kubernetes", async () => {
    const planned = await step(folder, "schedule");
    expect(planned).toEqual({
      margin: 0.5,
      timeZone: "Etc/UTC",
      jobs: [
        {
          ...{ name: "30m", everyMinutes: 30, cron: "*/30 * * * *", extracts: [], deadlineSeconds: 3600 },
          groups: [{ group: "restaurant:kitchen", slaMicros: 3_600_000_000 }],
        },
      ],
      warnings: ["no sla, and so not scheduled: restaurant:profile"],
    });
    const cron = await step(folder, "schedule", "--cron", "--home", ".tondo", "--materialize-arg=--memory=1GB");
    expect(cron["crontab"]).toContain(
      ` ${process.execPath} ${join(import.meta.dirname, "../../src/cli/main.ts")} materialize --folder ${folder} --home ${join(folder, ".tondo")} --group restaurant:kitchen --memory=1GB --quiet > /dev/null\n`,
    );
    const printed = await tondo(folder, "schedule", "--cron", "--home", ".tondo", "--materialize-arg=--memory=1GB");
    expect(printed.out).toBe(cron["crontab"]);
    const kubernetes = [
      "schedule",
      "--kubernetes",
      "--image",
      "shop:1",
      "--container-folder",
      "/srv",
      "--margin",
      "0.9",
    ];
    const { out } = await tondo(folder, ...kubernetes);
    const { cronJobs, jobs } = await step(folder, ...kubernetes);
    expect(parseYaml(out)).toEqual(cronJobs);
    expect(jobs).toMatchObject([{ name: "6m", cron: "*/6 * * * *" }]);
    expect(out).toContain("# warning: no --volume is given: a home in the container is lost with it\n");
    expect((await tondo(folder, ...kubernetes, "--volume", "home:/srv/.tondo")).out).not.toContain("--volume");
    const none = await tondo(folder, "schedule", "restaurant:profile");
    expect(none.out).toMatch(/^no group has an sla: there is nothing to schedule\n/);
    const short = await tondo(folder, "schedule", "--margin", "0.99", "--json");
    expect([short.code, errorOf(short).code]).toEqual([1, "SLA_TOO_SHORT"]);
  });

  it("schedule never prints the address of a database, and says how the jobs get it", async () => {
    const url = `sqlite:${join(folder, ".tondo/tondo.db")}`;
    const terminal = { folder, environment: { TONDO_DATABASE: url } };
    const warning =
      "# warning: the catalog's address is not printed: set TONDO_DATABASE for the jobs, by --environment-file\n";
    for (const ran of [
      await tondoWith(terminal, "schedule", "--cron"),
      await tondo(folder, "schedule", "--cron", "--database", url),
    ]) {
      expect(ran.out).toContain(warning);
      expect(ran.out).not.toContain("tondo.db");
    }
    const handed = await tondoWith(terminal, "schedule", "--cron", "--environment-file", "secret.env");
    expect(handed.out).not.toContain("TONDO_DATABASE");
    expect(handed.out).toContain(`set -a; . ${join(folder, "secret.env")} && set +a && `);
    expect((await tondoWith(terminal, "schedule", "--kubernetes", "--image", "a")).out).toContain("by --secret\n");
  });

  it.each([
    [["schedule", "--cron", "--kubernetes"], "--cron and --kubernetes are given both"],
    [["schedule", "--kubernetes"], "--image is missing"],
    [["schedule", "--cron", "--image", "a"], "--image goes with --kubernetes"],
    [["schedule", "--environment-file", "a"], "--environment-file goes with --cron"],
    [["schedule", "--margin", "1"], "is not below 1"],
    [["schedule", "--margin", "half"], "is not a number"],
    [["schedule", "--kubernetes", "--image", "a", "--volume", "claim"], "is no claim with a path"],
    [["generations", "rollback"], "rollback names its groups"],
    [["generations", "--yes"], "--yes goes with rollback"],
  ] as const)("%j is refused with exit code 2", async (argv, message) => {
    const ran = await tondo(folder, ...argv);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(message);
  });

  it("generations shows what is kept, and goes back where it is told --yes", async () => {
    await step(folder, "materialize", "--as-of", "2024-02-29T19:30:00Z");
    const groups = ["restaurant:kitchen", "restaurant:profile"];
    const listed = await step(folder, "generations", "restaurant:kitchen");
    expect(listed).toMatchObject({
      groups: [
        {
          group: "restaurant:kitchen",
          generations: [
            { generation: 2, state: "current", asOf: "2024-02-29T19:30:00.000Z", refusals: [] },
            { generation: 1, state: "previous", asOf: "2024-02-29T19:00:00.000Z", counts: { keys: 30 } },
          ],
          rolledBack: null,
        },
      ],
    });
    const dry = await tondo(folder, "generations", "rollback", ...groups, "--json");
    expect([dry.code, jsonOf(dry)]).toMatchObject([3, { done: false }]);
    expect(await step(folder, "generations", "restaurant:kitchen")).toEqual(listed);
    expect(await step(folder, "generations", "rollback", ...groups, "--yes")).toMatchObject({
      done: true,
      groups: groups.map((group) => ({
        ...{ group, from: 2, to: 1, fromAsOf: "2024-02-29T19:30:00.000Z", asOf: "2024-02-29T19:00:00.000Z" },
      })),
    });
    expect(jsonOf(await tondo(folder, "freshness", "--at", "2024-02-29T20:00:00Z", "--json"))).toMatchObject({
      kept: true,
      groups: [{ generation: 1, rolledBack: { from: 2 } }, { generation: 1 }],
    });
    const got = await step(folder, "get", "restaurant:kitchen:prep_7d", "--key", "restaurant=r01", "--at", "loaded");
    expect(got["at"]).toBe("2024-02-29T19:00:00.000Z");
    const again = await tondo(folder, "generations", "rollback", ...groups, "--yes", "--json");
    expect([again.code, errorOf(again).code]).toEqual([1, "ROLLBACK_REFUSED"]);
    const { groups: loaded } = await step(folder, "materialize", "--as-of", "2024-02-29T19:30:00Z");
    expect(loaded).toMatchObject([{ generation: 3 }, { generation: 3 }]);
  });

  it("schedule prints a line that loads, when a shell is given it, and then every sla is kept", async () => {
    expect((await tondo(folder, "freshness")).code).toBe(3);
    const { out } = await tondo(folder, "schedule", "--cron");
    const line = out.split("\n").find((one) => one.startsWith("*/30 * * * * ")) ?? "";
    expect(execFileSync("sh", ["-c", line.slice("*/30 * * * * ".length)], { encoding: "utf8" })).toBe("");
    expect((await tondo(folder, "freshness")).code).toBe(0);
  });
});
