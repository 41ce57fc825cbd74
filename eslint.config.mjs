import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import ts from "typescript-eslint";

/** Platform globals that the pure core of the worker must not name: they come in through interfaces. */
const browserOnly = ["self", "indexedDB", "caches", "navigator", "postMessage", "location"].map((name) => ({
  name,
  message: "The worker's core runs in Node too: take this through an interface (see CONTRIBUTING).",
}));

export default ts.config(
  { ignores: ["node_modules/**", "dist/**", "build/**", "test-results/**", "playwright-report/**"] },
  js.configs.recommended,
  {
    files: ["**/*.ts", "**/*.tsx"],
    extends: [ts.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: [
          "contract/tsconfig.json",
          "worker/tsconfig.json",
          "web/course/format/tsconfig.json",
          "web/service-worker/tsconfig.json",
          "web/tsconfig.json",
          "scripts/tsconfig.json",
          "e2e/tsconfig.json",
        ],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-import-type-side-effects": "error",
      "no-empty": ["error", { allowEmptyCatch: false }],
      "no-console": "error",
      // Vitest reads a hook's first parameter, and wants the fixtures that it takes there, be they none.
      "no-empty-pattern": ["error", { allowObjectPatternsAsParameters: true }],
      eqeqeq: "error",
    },
  },
  {
    files: ["contract/**/*.ts", "worker/**/*.ts"],
    ignores: ["worker/main.ts", "worker/offline-main.ts", "worker/browser/**", "**/*.test.ts", "**/node/**"],
    rules: { "no-restricted-globals": ["error", ...browserOnly] },
  },
  {
    files: ["web/**/*.tsx", "web/**/*.ts"],
    plugins: { "react-hooks": hooks },
    rules: hooks.configs.recommended.rules,
  },
  { files: ["scripts/**/*.ts", "images/**/*.ts", "e2e/**/*.ts"], rules: { "no-console": "off" } },
  { files: ["**/*.mjs"], languageOptions: { globals: globals.node } },
);
