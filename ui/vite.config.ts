import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const source = fileURLToPath(new URL("./src", import.meta.url));

/**
 * Moves the built styles from the head to the end of the body: what stands before them is drawn at once, and the script, which
 * comes after the whole document, still waits for them.
 */
const stylesLast: Plugin = {
  name: "styles-last",
  transformIndexHtml: {
    order: "post",
    handler: (html) => {
      const styles = /^\s*<link rel="stylesheet"[^>]* href="\/assets\/[^>]*>\n?/gm;
      const links = html.match(styles) ?? [];
      return html.replace(styles, "").replace("</body>", `${links.join("")}  </body>`);
    },
  },
};

export default defineConfig({
  plugins: [react(), stylesLast],
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
