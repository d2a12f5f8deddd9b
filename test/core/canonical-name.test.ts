import { describe, expect, it } from "vitest";
import { formatCanonicalName, parseCanonicalName } from "../../src/core/index.ts";

describe("canonical names", () => {
  it.each(["airport:departures:delay_3h", "airport:departures:delay_3h@2", "a:b:c@9999", "a b:ü:*/@10"])(
    "come apart and together: %s",
    (name) => {
      const parsed = parseCanonicalName(name);
      expect(formatCanonicalName(parsed)).toBe(name);
      expect(parsed.feature).toBe(name.split(":")[2]);
    },
  );

  it.each(["", "a", "a:b", "a:b:", "a:b:c:d", "a:b:c@", "a:b:c@0", "a:b:c@02", "a:b:c@v2", "a:b:c@2@3", "a:b:@2"])(
    "are refused where they are none: %s",
    (name) => {
      expect(() => parseCanonicalName(name)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    },
  );

  it("have no suffix for version 1", () => {
    expect(() => parseCanonicalName("a:b:c@1")).toThrow(
      expect.objectContaining({ hint: "Version 1 has no suffix: a:b:c." }),
    );
  });
});
