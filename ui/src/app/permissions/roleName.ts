/** IAM's rule for role names (IAM API reference, CreateRole): 1 to 64 of letters, digits and `_+=,.@-`. */
const NAME = /^[\w+=,.@-]{1,64}$/;

/** Why a role cannot have this name, or `null`. */
export function roleNameFault(typed: string): string | null {
  const name = typed.trim();
  // An ARN is taken apart by the engine, which knows the account it has to be of.
  if (name.startsWith("arn:")) return null;
  if (name === "") return "Choose an execution role, or type a name for a new one.";
  if (name.length > 64) return `A role's name has at most 64 characters; this one has ${name.length}.`;
  if (!NAME.test(name)) return "A role's name consists of letters, digits and _+=,.@- only.";
  return null;
}
