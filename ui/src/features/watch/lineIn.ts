/**
 * The line of the input file that the service complains of (Developer Guide, "Troubleshooting bulk deployments"; as it
 * writes: `… at line number: 7`, `… at line number : 7. …`, `Line 7 is too long in S3 File. …`).
 */
export function lineIn(error: string): number | null {
  const found = /\bline(?: number)? ?:? ?(\d+)/i.exec(error);
  const line = Number(found?.[1]);
  return Number.isSafeInteger(line) && line > 0 ? line : null;
}
