import { counted } from "./format";

/** What a target is called where people read it. */
export interface TargetWords {
  one: string;
  many: string;
}

export const GROUPS: TargetWords = { one: "group", many: "groups" };
export const DEVICES: TargetWords = { one: "device", many: "devices" };

/** "1 device", "9,874 groups". */
export function countedTargets(value: number, { one, many }: TargetWords): string {
  return counted(value, one, many);
}

/** A word as it begins a heading. */
export function firstUpper(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
