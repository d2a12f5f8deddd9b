import { describe } from "vitest";
import { comparesWholeLibrary } from "./whole-library.ts";

describe("every function of the language, over random rows", () => {
  comparesWholeLibrary(0);
});
