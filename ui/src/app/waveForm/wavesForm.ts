import type { GateAction, Limit, WaveCut, Waves } from "~/ipc";

/** Waves as they are typed: what is no number yet is kept as well. */
export interface CutForm {
  by: "count" | "percent" | "matching";
  text: string;
}

export interface LimitForm {
  on: boolean;
  by: Limit["by"];
  text: string;
}

export interface WavesForm {
  on: boolean;
  cuts: CutForm[];
  random: boolean;
  seed: string;
  wave: LimitForm;
  all: LimitForm;
  then: GateAction;
  holdAfterEach: boolean;
}

/** As many as the engine takes. */
export const MOST_WAVES = 50;
const MOST_SEED = 4_294_967_295;

/** What waves begin with: a canary of a few groups, a tenth, and the rest, held when more than one in twenty fails. */
const BEGIN: readonly CutForm[] = [
  { by: "count", text: "5" },
  { by: "percent", text: "10" },
];

function cutForm(cut: WaveCut): CutForm[] {
  switch (cut.by) {
    case "count":
      return [{ by: "count", text: String(cut.targets) }];
    case "percent":
      return [{ by: "percent", text: String(cut.percent) }];
    case "matching":
      return [{ by: "matching", text: cut.text }];
    case "rest":
      return [];
  }
}

function limitForm(limit: Limit | null): LimitForm {
  if (limit === null) return { on: false, by: "percent", text: "5" };
  return { on: true, by: limit.by, text: String(limit.by === "count" ? limit.targets : limit.percent) };
}

export function formOf({ cuts, order, gate }: Waves): WavesForm {
  const on = cuts.length > 0;
  return {
    on,
    cuts: on ? cuts.flatMap(cutForm) : [...BEGIN],
    random: order.by === "random",
    seed: order.by === "random" ? String(order.seed) : "1",
    wave: on ? limitForm(gate.maxFailed) : { on: true, by: "percent", text: "5" },
    all: limitForm(gate.maxFailedInAll),
    then: gate.then,
    holdAfterEach: gate.holdAfterEach,
  };
}

function whole(text: string, least: number, most: number): boolean {
  return /^\d+$/.test(text.trim()) && Number(text) >= least && Number(text) <= most;
}

function percent(text: string, above: boolean): boolean {
  const value = Number(text);
  return text.trim() !== "" && Number.isFinite(value) && value <= 100 && (above ? value > 0 : value >= 0);
}

/** Why a wave cannot be cut like this, or nothing. */
export function cutFault({ by, text }: CutForm): string | null {
  if (by === "count") return whole(text, 1, MOST_SEED) ? null : "A whole number, from 1.";
  if (by === "percent") return percent(text, true) ? null : "Above 0, at most 100.";
  return text.trim() === "" ? "A part of the name or id." : null;
}

export function limitFault({ on, by, text }: LimitForm): string | null {
  if (!on) return null;
  if (by === "count") return whole(text, 0, MOST_SEED) ? null : "A whole number, from 0.";
  return percent(text, false) ? null : "From 0 to 100.";
}

export function seedFault({ random, seed }: WavesForm): string | null {
  return random && !whole(seed, 0, MOST_SEED) ? "A whole number, from 0." : null;
}

/** How many entries have to be mended. */
export function faultsOf(form: WavesForm): number {
  if (!form.on) return 0;
  const faults = [...form.cuts.map(cutFault), limitFault(form.wave), limitFault(form.all), seedFault(form)];
  return faults.filter((fault) => fault !== null).length;
}

function cutOf({ by, text }: CutForm): WaveCut {
  if (by === "count") return { by, targets: Number(text) };
  return by === "percent" ? { by, percent: Number(text) } : { by, text: text.trim() };
}

function limitOf({ on, by, text }: LimitForm): Limit | null {
  if (!on) return null;
  return by === "count" ? { by, targets: Number(text) } : { by, percent: Number(text) };
}

/** One wave, and nothing between waves. */
export const IN_ONE_GO: Waves = {
  cuts: [],
  order: { by: "listed" },
  gate: { maxFailed: null, maxFailedInAll: null, then: "hold", holdAfterEach: false },
};

/** What the draft keeps of a form without faults. */
export function wavesOf(form: WavesForm): Waves {
  if (!form.on || form.cuts.length === 0) return IN_ONE_GO;
  return {
    cuts: form.cuts.map(cutOf),
    order: form.random ? { by: "random", seed: Number(form.seed) } : { by: "listed" },
    gate: {
      maxFailed: limitOf(form.wave),
      maxFailedInAll: limitOf(form.all),
      then: form.then,
      holdAfterEach: form.holdAfterEach,
    },
  };
}

/** What was typed and cannot be stored yet, by plan, so that it is still there when the step is shown again. */
let typed: { plan: string; form: WavesForm } | null = null;

export function typedBefore(plan: string): WavesForm | null {
  return typed?.plan === plan ? typed.form : null;
}

export function keepTyped(plan: string, form: WavesForm): void {
  typed = faultsOf(form) > 0 ? { plan, form } : null;
}
