import eslint from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const noEnvironment = "Only src/cli reads the environment; take the setting as an option.";

export default defineConfig(
  globalIgnores(["dist/", "coverage/", "node_modules/", ".cache/", ".tondo/"]),
  eslint.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // The compiler demands bracket access where a name comes from an index signature.
      "@typescript-eslint/dot-notation": ["error", { allowIndexSignaturePropertyAccess: true }],
      // Data types are interfaces or aliases, as reads better; both are in use.
      "@typescript-eslint/consistent-type-definitions": "off",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      // A port's methods are async also where one adapter has nothing to wait for.
      "@typescript-eslint/require-await": "off",
      // `_` marks what a signature demands and a body does not need.
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // An empty string is a missing name as often as not.
      "@typescript-eslint/prefer-nullish-coalescing": ["error", { ignorePrimitives: { string: true } }],
      // Code points are what the language counts by.
      "@typescript-eslint/no-misused-spread": ["error", { allow: ["string"] }],
      // A rejected value is `unknown`: it is wrapped as a cause, or thrown on as it is.
      "@typescript-eslint/prefer-promise-reject-errors": ["error", { allowThrowingUnknown: true }],
      "@typescript-eslint/only-throw-error": ["error", { allowThrowingUnknown: true, allowRethrowing: true }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      // There are no enums here, and it takes computed keys of mapped types for them.
      "@typescript-eslint/no-unsafe-enum-assignment": "off",
      // `return report(...)` says in one line that there is no value and why.
      // isolatedDeclarations wants the type written wherever a template is no plain literal.
      "@typescript-eslint/no-inferrable-types": "off",
      "@typescript-eslint/no-confusing-void-expression": "off",
      // It asks for `x!`, which another rule forbids for good reason.
      "@typescript-eslint/non-nullable-type-assertion-style": "off",
      eqeqeq: "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      // Control characters are what escaping code looks for.
      "no-control-regex": "off",
    },
  },
  {
    files: ["src/**/*.ts"],
    ignores: ["src/cli/**"],
    rules: {
      "no-console": "error",
      "no-restricted-properties": ["error", { object: "process", property: "env", message: noEnvironment }],
      "no-restricted-imports": [
        "error",
        {
          paths: ["process", "node:process"].map((name) => ({ name, importNames: ["env"], message: noEnvironment })),
        },
      ],
    },
  },
  {
    // `expect(object.method)` asserts about the method, it does not call it.
    files: ["test/**/*.ts"],
    rules: { "@typescript-eslint/unbound-method": "off" },
  },
  {
    files: ["**/*.{js,mjs,cjs}"],
    languageOptions: { globals: { process: "readonly", module: "writable", require: "readonly" } },
  },
);
