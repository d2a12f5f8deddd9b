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

it("says which topics are Avro, by which schemas", () => {
  const avro = (argv: readonly string[], environment: Readonly<Record<string, string>> = {}): unknown =>
    (given(["--kafka", "a:1", ...argv], environment) as { readonly avro?: unknown }).avro;
  expect(avro([])).toBeUndefined();
  expect(avro(["--avro", "orders=s/orders.avsc", "--avro", "b.c=/x=y.avsc"])).toEqual({
    orders: "/tmp/s/orders.avsc",
    "b.c": "/x=y.avsc",
  });
  expect(avro(["--avro", "a=confluent:7:one.avsc", "--avro", "a=confluent:12:two.avsc"])).toEqual({
    a: { framing: "confluent", schemas: { 7: "/tmp/one.avsc", 12: "/tmp/two.avsc" } },
  });
  expect(avro([], { TONDO_AVRO: "a=confluent:one.avsc, b=single-object:two.avsc,b=single-object:1:x.avsc" })).toEqual({
    a: { framing: "confluent", schema: "/tmp/one.avsc" },
    b: { framing: "single-object", schemas: ["/tmp/two.avsc", "/tmp/1:x.avsc"] },
  });
  expect(avro(["--avro", "a=one.avsc"], { TONDO_AVRO: "b=two.avsc" })).toEqual({ a: "/tmp/one.avsc" });
  expect(given([], { TONDO_EVENTS: "/var/events", TONDO_AVRO: "b=two.avsc" })).toEqual({ folder: "/var/events" });
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
  [["--kafka", "a:1", "--avro", "orders.avsc"], {}, /"orders.avsc" names no topic and schema/],
  [["--kafka", "a:1", "--avro", "orders="], {}, /names no topic and schema/],
  [["--kafka", "a:1", "--avro", "a=x", "--avro", "a=y"], {}, /nothing tells of which of its schemas an event of a is/],
  [["--kafka", "a:1", "--avro", "a=confluent:x", "--avro", "a=confluent:7:y"], {}, /nothing tells of which/],
  [["--kafka", "a:1", "--avro", "a=confluent:7:x", "--avro", "a=confluent:7:y"], {}, /nothing tells of which/],
  [["--kafka", "a:1"], { TONDO_AVRO: "a=confluent:7:x,a=single-object:y" }, /nothing tells of which/],
  [["--events", "x", "--avro", "a=y"], {}, /--avro is given, and topics are in a folder/],
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
