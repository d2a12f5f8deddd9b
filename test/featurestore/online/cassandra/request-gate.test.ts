import { describe, expect, it } from "vitest";
import { RequestGate } from "../../../../src/featurestore/online/cassandra/request-gate.ts";

describe("a gate", () => {
  it("lets so many in, and the others in their order, one for each that leaves", () => {
    const gate = new RequestGate({ atOnce: 2, waiting: 5000, waitMs: 100 }, () => 0);
    expect([gate.enter(), gate.enter(), gate.enter()]).toEqual([true, true, false]);
    const ran: number[] = [];
    const never = (): never => {
      throw new Error("refused");
    };
    for (let i = 0; i < 3000; i++) gate.wait(() => ran.push(i), never);
    for (let i = 0; i < 3000; i++) gate.leave();
    expect(ran).toEqual(Array.from({ length: 3000 }, (_, i) => i));
    expect(gate.enter()).toBe(false);
    gate.leave();
    gate.leave();
    expect([gate.enter(), gate.enter(), gate.enter()]).toEqual([true, true, false]);
  });

  it("refuses those that are too many, and those that waited for too long", () => {
    let now = 0;
    const gate = new RequestGate({ atOnce: 1, waiting: 2, waitMs: 100 }, () => now);
    const said: string[] = [];
    const wait = (name: string): void => {
      gate.wait(
        () => said.push(`${name} ran`),
        (why) => said.push(`${name} ${why}`),
      );
    };
    expect(gate.enter()).toBe(true);
    wait("a");
    now = 50;
    wait("b");
    wait("c");
    expect(said).toEqual(["c overloaded"]);
    now = 101;
    gate.leave();
    expect(said).toEqual(["c overloaded", "a timeout", "b ran"]);
    gate.leave();
    expect(gate.enter()).toBe(true);
  });
});
