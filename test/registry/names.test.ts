import { describe, expect, it } from "vitest";
import { parseModelReference } from "../../src/registry/index.ts";

describe("a reference", () => {
  const id = "01900000-0000-7000-8000-00000000000A";

  it("names a tag or a version", () => {
    expect(parseModelReference("flights/delay@champion")).toEqual({ model: "flights/delay", tag: "champion" });
    expect(parseModelReference(`a-b_c.d@${id}`)).toEqual({ model: "a-b_c.d", versionId: id.toLowerCase() });
  });

  it.each(["", "@", "a", "a@", "@b", "a@b@c", "a@1", "a b@c", `a@x${id}y`.repeat(3), "a@b/c", "a@b\n"])(
    "is not %j",
    (text) => {
      expect(() => parseModelReference(text)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT", hint: expect.any(String) as string }),
      );
    },
  );
});
