import axe from "axe-core";

/**
 * Serious and critical findings of axe-core, each in a line. Contrast needs a layout, which jsdom has not: the
 * end-to-end tests look at it in the real window. Regions belong to whole pages, not to parts.
 */
export async function seriousFindings(root: Element): Promise<string[]> {
  const { violations } = await axe.run(root, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")})`);
}
