import { errors } from "cassandra-driver";
import { describe, expect, it } from "vitest";
import { TondoError } from "../../../../src/core/index.ts";
import { cassandraError } from "../../../../src/featurestore/online/cassandra/cassandra-error.ts";
import { driverFailure } from "../../../../src/featurestore/online/cassandra/driver-failure.ts";

const { NoHostAvailableError, ResponseError } = errors;

const socket = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED" });
const timeout = new errors.OperationTimedOutError("The host 1 did not reply before timeout", "1");

/** What the driver throws, the code it becomes, its reason, and whether a write may have been done all the same. */
const cases: readonly (readonly [name: string, error: unknown, code: string, reason: string, isUnknown: boolean])[] = [
  [
    "no node",
    new NoHostAvailableError({ a: socket, b: "Host considered as DOWN" }),
    "STORE_UNAVAILABLE",
    "no-node",
    true,
  ],
  ["no node at all", new NoHostAvailableError({ a: null }), "STORE_UNAVAILABLE", "no-node", false],
  [
    "a node that is down",
    new NoHostAvailableError({ a: "Host considered as DOWN" }),
    "STORE_UNAVAILABLE",
    "no-node",
    false,
  ],
  ["a node that is slow", new NoHostAvailableError({ a: socket, b: timeout }), "STORE_UNAVAILABLE", "timeout", true],
  ["no answer", timeout, "STORE_UNAVAILABLE", "timeout", true],
  ["replicas that are slow", new ResponseError(0x1200, "read timeout"), "STORE_UNAVAILABLE", "timeout", true],
  ["a write in doubt", new ResponseError(0x1100, "write timeout"), "STORE_UNAVAILABLE", "timeout", true],
  ["too few replicas", new ResponseError(0x1000, "Cannot achieve"), "STORE_UNAVAILABLE", "replicas", false],
  ["an overloaded node", new ResponseError(0x1001, "overloaded"), "STORE_UNAVAILABLE", "overloaded", false],
  ["busy connections", new errors.BusyConnectionError("a", 2048, 1), "STORE_UNAVAILABLE", "overloaded", false],
  [
    "a wrong password",
    new NoHostAvailableError({
      a: new errors.AuthenticationError("Provided username a and/or password are incorrect"),
    }),
    "STORE_DENIED",
    "denied",
    false,
  ],
  ["a right that lacks", new ResponseError(0x2100, "User a has no SELECT"), "STORE_DENIED", "denied", false],
  [
    "a certificate of somebody else",
    new NoHostAvailableError({ a: Object.assign(new Error("self-signed"), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }) }),
    "STORE_UNAVAILABLE",
    "tls",
    false,
  ],
  ["no keyspace", new ResponseError(0x2200, "Keyspace 'x' does not exist"), "STORE_MISSING", "no-keyspace", false],
  ["a removed table", new ResponseError(0x2200, "unconfigured table g1_a"), "GENERATION_GONE", "gone", false],
  [
    "a statement that a node has forgotten",
    new NoHostAvailableError({ a: new ResponseError(0x2500, "Prepared query with ID 1 not found") }),
    "STORE_UNAVAILABLE",
    "unprepared",
    false,
  ],
  [
    "another data centre",
    new errors.ArgumentError("localDataCenter was configured as 'x', but only found hosts in data centers: [y]"),
    "INVALID_ARGUMENT",
    "wrong-data-centre",
    false,
  ],
  ["a syntax error", new ResponseError(0x2000, "line 1:0 no viable alternative"), "STORE_FAILED", "refused", false],
];

describe("an error of the driver", () => {
  it.each(cases)("%s", (_name, error, code, reason, isUnknown) => {
    const made = cassandraError(error, "reading", "a/b");
    expect(made).toMatchObject({ code, where: "a/b", details: { reason }, cause: error });
    expect(made.hint).not.toBe("");
    expect(driverFailure(error).isUnknown).toBe(isUnknown);
  });

  it("is left alone where it is the library's own", () => {
    const own = new TondoError("KEY_INVALID", "x");
    expect(cassandraError(own, "reading", "a")).toBe(own);
  });
});
