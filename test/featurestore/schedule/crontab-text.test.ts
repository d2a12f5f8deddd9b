import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { crontabText, type CrontabOptions, type Schedule } from "../../../src/featurestore/schedule/index.ts";

const schedule: Schedule = {
  margin: 0.5,
  timeZone: "Etc/UTC",
  jobs: [
    {
      ...{ name: "30m", everyMinutes: 30, cron: "*/30 * * * *", deadlineSeconds: 3600, extracts: [] },
      groups: [
        { group: "shop:till", slaMicros: 3_600_000_000 },
        { group: "shop:door", slaMicros: null },
      ],
    },
    {
      ...{
        name: "1d",
        everyMinutes: 1440,
        cron: "15 0 * * *",
        deadlineSeconds: 172_800,
        extracts: ["visits", "clicks"],
      },
      groups: [{ group: "shop:place", slaMicros: 172_800_000_000 }],
    },
  ],
  warnings: ["no sla, and so not scheduled: shop:plan"],
};

/** The commands of a crontab as cron hands them to the shell: behind five fields, `\%` as `%`; a bare `%` would end them. */
function commandsOf(crontab: string): readonly string[] {
  return crontab
    .split("\n")
    .filter((line) => /^[\d*]/.test(line))
    .map((line) => {
      const command = line.split(" ").slice(5).join(" ");
      expect(command.replaceAll("\\%", "")).not.toMatch(/[%\\]/);
      return command.replaceAll("\\%", "%");
    });
}

describe("crontabText", () => {
  it("says what runs when, how it takes turns, and when it is ended", () => {
    expect(crontabText(schedule, { folder: "/srv/shop", program: ["/usr/bin/tondo"] })).toBe(
      `# Loads each group often enough for its sla: by \`tondo schedule --cron\`, to be printed anew after \`tondo apply\`.
# Between two starts of a job lies at most what it is named by; 50 % of the sla, or more, is left for the load itself.
# \`tondo freshness\` exits with 3 where an sla is not kept.
# Times are UTC. Where cron knows no CRON_TZ they are the machine's, and a longer day comes out of the margin.
CRON_TZ=UTC
SHELL=/bin/sh
# warning: no sla, and so not scheduled: shop:plan

# every 30m: shop:till (sla 1h), shop:door (no sla)
*/30 * * * * flock -w 1800 /srv/shop timeout -k 30 3600 /usr/bin/tondo materialize --folder /srv/shop --group shop:till,shop:door --quiet > /dev/null

# every 1d: shop:place (sla 2d)
15 0 * * * flock -w 86400 /srv/shop timeout -k 30 172800 sh -c '/usr/bin/tondo extract visits clicks --folder /srv/shop --quiet && /usr/bin/tondo materialize --folder /srv/shop --group shop:place --quiet' > /dev/null
`,
    );
  });

  it("warns of lines that some crons refuse", () => {
    const long = { folder: `/srv/${"x".repeat(500)}`, program: ["tondo"] };
    expect(crontabText(schedule, long)).toMatch(
      /# warning: the line of 30m takes 1\d\d\d bytes, and some crons refuse more than 998\n/,
    );
    expect(crontabText(schedule, { ...long, folder: "/srv" })).not.toContain("bytes");
  });

  it("refuses what a crontab cannot hold, and keeps comments on their line", () => {
    for (const folder of ["/a\nb", "/a\\b", "/a\u0000", "/a\u0085"])
      expect(() => crontabText(schedule, { folder, program: ["tondo"] })).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    const warned = crontabText(schedule, { folder: "/a", program: ["tondo"], warnings: ["one\n* * * * * rm -rf /"] });
    expect(warned).toContain("\n# warning: one * * * * * rm -rf /\n");
  });
});

describe("the lines of a crontab", () => {
  let folder: string;
  let program: string;
  beforeEach(async () => {
    const parent = await mkdtemp(join(tmpdir(), "tondo-cron-"));
    folder = join(parent, `it's 100 % "$HOME" & \`more\` *;`);
    await mkdir(folder);
    program = join(folder, "fake tondo");
    await writeFile(program, `#!/bin/sh\nfor one in "$@" "$FROM_FILE"; do printf '%s\\n' "$one"; done >> "$0.log"\n`);
    await chmod(program, 0o755);
  });
  afterEach(() => rm(join(folder, ".."), { recursive: true }));

  const lines = (rest: Partial<CrontabOptions> = {}): readonly string[] =>
    commandsOf(crontabText(schedule, { folder, program: [program], ...rest }));
  const logged = async (): Promise<readonly string[]> =>
    (await readFile(`${program}.log`, "utf8")).split("\n").slice(0, -1);

  it("start, in a shell, exactly what is meant, whatever the paths hold", async () => {
    const environmentFile = join(folder, "tondo's.env");
    await writeFile(environmentFile, "FROM_FILE='a secret'\n");
    const home = join(folder, "home");
    const [first = "", second = ""] = lines({ environmentFile, home, materializeArguments: ["--memory=4GB", "$(id)"] });
    const environment = { PATH: process.env["PATH"] ?? "" };
    expect(execFileSync("sh", ["-c", first], { env: environment, encoding: "utf8" })).toBe("");
    const place = ["--folder", folder, "--home", home];
    expect(await logged()).toEqual([
      ...["materialize", ...place, "--group", "shop:till,shop:door", "--memory=4GB", "$(id)", "--quiet", "a secret"],
    ]);
    await rm(`${program}.log`);
    execFileSync("sh", ["-c", second], { env: environment });
    expect(await logged()).toEqual([
      ...["extract", "visits", "clicks", ...place, "--quiet", "a secret"],
      ...["materialize", ...place, "--group", "shop:place", "--memory=4GB", "$(id)", "--quiet", "a secret"],
    ]);
  });

  it("fail where extracting or the file of the environment fails, before anything is loaded", async () => {
    await writeFile(program, `#!/bin/sh\nprintf '%s\\n' "$1" >> "$0.log"\n[ "$1" != extract ]\n`);
    const [, second = ""] = lines();
    expect(() => execFileSync("sh", ["-c", second], { stdio: "ignore" })).toThrow();
    expect(await logged()).toEqual(["extract"]);
    const [first = ""] = lines({ environmentFile: join(folder, "not there") });
    expect(() => execFileSync("sh", ["-c", first], { stdio: "ignore" })).toThrow();
    expect(await logged()).toEqual(["extract"]);
  });

  it("never run two at once, and wait for one another", async () => {
    await writeFile(program, `#!/bin/sh\nprintf 'in %s\\n' "$1" >> "$0.log"; sleep 0.3; printf 'out\\n' >> "$0.log"\n`);
    const [first = "", second = ""] = lines();
    const running = [first, first, second].map((line) => spawn("sh", ["-c", line], { stdio: "ignore" }));
    await Promise.all(running.map((child) => once(child, "exit")));
    const seen = (await logged()).map((line) => line.slice(0, 3));
    expect(seen).toEqual(["in ", "out", "in ", "out", "in ", "out", "in ", "out"]);
  });
});
