import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const source = fileURLToPath(new URL("./src", import.meta.url));

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "~": source } },
  // The content security policy forbids data: scripts and inline scripts; styles are one file.
  build: {
    target: "es2022",
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    // One chunk of Cloudscape is larger than the default limit; it is read from disk, not from a network.
    chunkSizeWarningLimit: 3000,
  },
  server: { port: 5173, strictPort: true },
  clearScreen: false,
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testing/setup.ts"],
    css: false,
    restoreMocks: true,
    testTimeout: 20_000,
    // Cloudscape imports its CSS from JavaScript, so it has to go through Vite.
    server: { deps: { inline: [/@cloudscape-design/] } },
  },
});
