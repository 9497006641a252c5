import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import ts from "typescript-eslint";

const tauri = {
  group: ["@tauri-apps/*", "@tauri-apps/**"],
  message: "Only src/ipc speaks to the shell.",
};

export default defineConfig(
  { ignores: ["dist", "node_modules", "src/ipc/bindings.ts"] },
  js.configs.recommended,
  ts.configs.recommendedTypeChecked,
  hooks.configs.flat["recommended-latest"],
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ["eslint.config.js"] }, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "no-restricted-imports": ["error", { patterns: [tauri] }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "max-lines": ["error", { max: 300 }],
      eqeqeq: "error",
    },
  },
  { files: ["eslint.config.js"], extends: [ts.configs.disableTypeChecked] },
  { files: ["**/*.tsx"], ignores: ["**/*.test.tsx"], rules: { "max-lines": ["error", { max: 200 }] } },
  {
    // A feature knows the frame and the commands, and no other feature.
    files: ["src/features/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [tauri, { group: ["~/features/*", "../*"], message: "Features do not import each other." }] },
      ],
    },
  },
  {
    files: ["src/ipc/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: ["~/app/*", "~/features/*", "~/testing/*", "../*"], message: "The commands know no screen." }] },
      ],
    },
  },
  {
    // Stand-ins for the shell refuse with plain objects, as the shell does.
    files: ["src/testing/**", "**/*.test.ts", "**/*.test.tsx"],
    rules: {
      "no-restricted-imports": "off",
      "@typescript-eslint/only-throw-error": "off",
      "@typescript-eslint/prefer-promise-reject-errors": "off",
    },
  },
);
