import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findJava17 } from "./java-17.ts";
import { mavenJars } from "./maven-jars.ts";
import type { Run } from "./run-to-end.ts";

const server = {
  ...{ name: "Server", version: "1.2" },
  artifacts: ["org.example:server_2.13:1.2", "org.example:logger:0.3"],
} as const;
const name = "server-1.2";
const jar = "server_2.13-1.2.jar";

let caches: string;
beforeEach(() => {
  caches = mkdtempSync(join(tmpdir(), "tondo-jars-"));
});
afterEach(() => {
  rmSync(caches, { recursive: true });
});

const made = (): readonly string[] => readdirSync(join(caches, "tondo-test"));
const target = (args: readonly string[]): string =>
  args.find((arg) => arg.startsWith("-DoutputDirectory="))?.split("=")[1] ?? "";
const project = (args: readonly string[]): string => readFileSync(args[args.indexOf("-f") + 1] ?? "", "utf8");

/** Does what Maven leaves behind. */
const fetches: Run = async (_program, args) => {
  mkdirSync(target(args));
  writeFileSync(join(target(args), "netty.jar"), "");
  await sleep(20);
  writeFileSync(join(target(args), jar), "");
};

it("makes the folder once, whole, for runs that ask at the same time, each with a repository of its own", async () => {
  const repositories = new Set<string>();
  const asked = [1, 2, 3].map(() =>
    mavenJars(server, { XDG_CACHE_HOME: caches }, (program, args, minutes) => {
      expect(
        project(args)
          .match(/<(groupId|artifactId|version)>[^<]*/g)
          ?.slice(3),
      ).toEqual([
        ...["<groupId>org.example", "<artifactId>server_2.13", "<version>1.2"],
        ...["<groupId>org.example", "<artifactId>logger", "<version>0.3"],
      ]);
      repositories.add(args.find((arg) => arg.startsWith("-Dmaven.repo.local=")) ?? "");
      return fetches(program, args, minutes);
    }),
  );
  const folder = join(caches, "tondo-test", name);
  expect(await Promise.all(asked)).toEqual([folder, folder, folder]);
  expect(repositories.size).toBe(3);
  expect(readdirSync(folder).sort()).toEqual(["netty.jar", jar]);
  expect(made()).toEqual([name]);
  const never: Run = () => Promise.reject(new Error("asked again"));
  expect(await mavenJars(server, { XDG_CACHE_HOME: caches }, never)).toBe(folder);
});

it("takes nothing for jars that a fetch left which was cut off, and removes it once it is old", async () => {
  const environment = { XDG_CACHE_HOME: caches };
  const breaks: Run = async (_program, args) => {
    mkdirSync(target(args));
    writeFileSync(join(target(args), jar), "");
    throw new Error("connection reset");
  };
  await expect(mavenJars(server, environment, breaks)).rejects.toThrow("need Maven Central once. npm run test:unit");
  expect(made()).toEqual([]);
  for (const age of ["old", "young"]) {
    const killed = join(caches, "tondo-test", `${name}-${age}`);
    mkdirSync(join(killed, "jars"), { recursive: true });
    writeFileSync(join(killed, "jars", jar), "");
    if (age === "old") utimesSync(killed, 0, 0);
  }
  await mavenJars(server, environment, fetches);
  expect(made()).toEqual([name, `${name}-young`]);
});

it("says what to install", async () => {
  const missing: Run = () => Promise.reject(Object.assign(new Error("spawn mvn ENOENT"), { code: "ENOENT" }));
  await expect(mavenJars(server, { XDG_CACHE_HOME: caches }, missing)).rejects.toThrow("apt-get install maven");
  expect(() => findJava17({ PATH: "" }, [])).toThrow("need Java 17 (none was found): install it");
  const old = join(caches, "bin", "java");
  mkdirSync(join(caches, "bin"));
  writeFileSync(old, `#!/bin/sh\necho 'openjdk version "21.0.4" 2024-07-16' >&2\n`, { mode: 0o755 });
  expect(() => findJava17({ JAVA_HOME: caches, PATH: "" }, [])).toThrow(`(${old} is Java 21)`);
  const beside = join(caches, "java-17-openjdk", "bin");
  mkdirSync(beside, { recursive: true });
  writeFileSync(join(beside, "java"), `#!/bin/sh\necho 'openjdk version "17.0.15" 2025-04-15' >&2\n`, { mode: 0o755 });
  expect(findJava17({ JAVA_HOME: caches, PATH: "" }, [caches])).toBe(join(beside, "java"));
});
