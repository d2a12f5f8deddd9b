import { describe } from "vitest";
import { comparesWholeLibrary } from "./whole-library.ts";

describe("every function of the language, over other random rows", () => {
  comparesWholeLibrary(1);
});
