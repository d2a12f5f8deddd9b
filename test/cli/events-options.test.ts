import { expect, it } from "vitest";
import { parseArguments } from "../../src/cli/arguments/index.ts";
import { eventsOf, eventsOptions } from "../../src/cli/events-options.ts";
import { folderOption } from "../../src/cli/project.ts";
import type { Terminal } from "../../src/cli/terminal.ts";

const given = (argv: readonly string[], environment: Readonly<Record<string, string>> = {}): unknown => {
  const args = parseArguments(argv, { ...eventsOptions, ...folderOption }, []);
  return eventsOf({ args, terminal: { environment, folder: "/tmp" } as Terminal }).events;
};

const login = { TONDO_KAFKA_USERNAME: "me", TONDO_KAFKA_PASSWORD: "s3cret" };

it("says where topics are: what is given counts, and the environment where nothing is", () => {
  expect(given(["--events", "events"])).toEqual({ folder: "/tmp/events" });
  expect(given(["--kafka", "a:1,[::1]:2", "--kafka", "b.c:3"])).toEqual({
    kafka: { brokers: ["a:1", "[::1]:2", "b.c:3"] },
  });
  expect(given([], { TONDO_KAFKA: "a:1, b:2", TONDO_EVENTS: "" })).toEqual({ kafka: { brokers: ["a:1", "b:2"] } });
  expect(given([], { TONDO_EVENTS: "/var/events" })).toEqual({ folder: "/var/events" });
  expect(given(["--events", "events"], { TONDO_KAFKA: "a:1", ...login })).toEqual({ folder: "/tmp/events" });
});

it("takes credentials from the environment", () => {
  const kafka = (environment: Readonly<Record<string, string>>): unknown => given(["--kafka", "a:1"], environment);
  const sasl = { username: "me", password: "s3cret" };
  expect(kafka(login)).toMatchObject({ kafka: { sasl: { mechanism: "scram-sha-512", ...sasl } } });
  expect(kafka({ ...login, TONDO_KAFKA_MECHANISM: "PLAIN", TONDO_KAFKA_SSL: "true" })).toEqual({
    kafka: { brokers: ["a:1"], ssl: true, sasl: { mechanism: "plain", ...sasl } },
  });
  expect(kafka({ TONDO_KAFKA_SSL: "false" })).toEqual({ kafka: { brokers: ["a:1"] } });
});

it.each<[argv: readonly string[], environment: Readonly<Record<string, string>>, message: RegExp]>([
  [[], {}, /not said where topics are/],
  [["--kafka", "a:1", "--events", "x"], {}, /--kafka and --events are given both/],
  [[], { TONDO_KAFKA: "a:1", TONDO_EVENTS: "x" }, /TONDO_KAFKA and TONDO_EVENTS are given both/],
  [["--kafka", "a"], {}, /--kafka: "a" is no broker/],
  [[], { TONDO_KAFKA: "me:s3cret@a:9092" }, /TONDO_KAFKA: an address with more than host and port is no broker/],
  [[], { TONDO_KAFKA: "kafka://me:s3cret@a:9092" }, /is no broker/],
  [["--kafka", "a:1"], { TONDO_KAFKA_PASSWORD: "s3cret" }, /TONDO_KAFKA_USERNAME is missing/],
  [["--kafka", "a:1"], { TONDO_KAFKA_USERNAME: "me" }, /TONDO_KAFKA_PASSWORD is missing/],
  [["--kafka", "a:1"], { ...login, TONDO_KAFKA_MECHANISM: "kerberos" }, /there is no "kerberos"/],
  [["--kafka", "a:1"], { TONDO_KAFKA_SSL: "yes" }, /neither true nor false/],
])("refuses %j with %j, and shows no password", (argv, environment, message) => {
  let thrown: unknown;
  try {
    given(argv, environment);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: "USAGE", message: expect.stringMatching(message) as string });
  expect(JSON.stringify(thrown)).not.toContain("s3cret");
});
