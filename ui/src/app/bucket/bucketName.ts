/** Why a name cannot be a bucket's, in a sentence, or `null` (S3 User Guide, "General purpose bucket naming rules"). */
export function nameError(name: string): string | null {
  if (name === "") return null;
  if (name.length < 3 || name.length > 63) return "A bucket's name has 3 to 63 characters.";
  if (!/^[a-z0-9.-]+$/.test(name)) return "Only lower-case letters, digits, dots and hyphens.";
  if (!/^[a-z0-9].*[a-z0-9]$/.test(name)) return "It begins and ends with a letter or a digit.";
  if (name.includes("..") || /^\d+\.\d+\.\d+\.\d+$/.test(name)) return "No two dots in a row, and not like an IP address.";
  return null;
}
