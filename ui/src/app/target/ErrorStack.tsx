import "./target.css";

import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";

import type { Told } from "./errorStack";

/** The codes of a failure from general to specific, each on the one before it; the last one says most. */
export function ErrorStack({ stack, types }: Pick<Told, "stack" | "types">) {
  if (stack.length === 0 && types.length === 0) return null;
  return (
    <div data-testid="error-stack">
      <Box variant="awsui-key-label">Error codes, from general to specific</Box>
      <ol className="error-stack" aria-label="Error codes, from general to specific">
        {stack.map((code, depth) => (
          <li key={`${depth} ${code}`} className="mono" style={{ marginInlineStart: `${depth}em` }}>
            {depth === stack.length - 1 ? <strong>{code}</strong> : code}
          </li>
        ))}
      </ol>
      {types.map((type) => (
        <Badge key={type}>{type}</Badge>
      ))}
    </div>
  );
}
