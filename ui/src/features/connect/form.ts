import type { ConnectRequest } from "~/ipc";

/** What the connect form holds, as typed: numbers stay text until they are sent. */
export interface ConnectForm {
  kind: "account" | "sandbox";
  profile: string;
  region: string;
  endpoint: string;
  scenario: string;
  groups: string;
  seed: string;
  speed: string;
}

export const MOST_GROUPS = 700_000;

const EMPTY: ConnectForm = {
  kind: "sandbox",
  profile: "",
  region: "",
  endpoint: "",
  scenario: "mixed",
  groups: "500",
  seed: "7",
  speed: "60",
};

/** The form as the last connection left it. */
export function formOf(last: ConnectRequest | null): ConnectForm {
  if (last === null) return EMPTY;
  if (last.kind === "account") {
    const { profile, region, endpoint } = last;
    return { ...EMPTY, kind: "account", profile: profile ?? "", region: region ?? "", endpoint: endpoint ?? "" };
  }
  const { scenario, groups, seed, speed } = last;
  return { ...EMPTY, scenario, groups: String(groups), seed: String(seed), speed: String(speed ?? EMPTY.speed) };
}

/** What was kept from an earlier session, if it still has the form's fields. */
export function readForm(kept: unknown): ConnectForm | null {
  if (typeof kept !== "object" || kept === null) return null;
  const fields = kept as Record<string, unknown>;
  const whole = Object.keys(EMPTY).every((name) => typeof fields[name] === "string");
  return whole && (fields.kind === "account" || fields.kind === "sandbox") ? (kept as ConnectForm) : null;
}

export type FormErrors = Partial<Record<keyof ConnectForm, string>>;

/** What cannot be sent as it stands, by field. */
export function errorsOf(form: ConnectForm): FormErrors {
  if (form.kind === "account") {
    const endpoint = form.endpoint.trim();
    return endpoint !== "" && !/^https?:\/\/[^\s/]+/i.test(endpoint)
      ? { endpoint: "An endpoint begins with https:// or http://, followed by a host." }
      : {};
  }
  const errors: FormErrors = {};
  const groups = Number(form.groups);
  if (!Number.isInteger(groups) || groups < 1 || groups > MOST_GROUPS) errors.groups = "A whole number from 1 to 700,000.";
  const seed = Number(form.seed);
  if (form.seed.trim() === "" || !Number.isSafeInteger(seed) || seed < 0) errors.seed = "A whole number from 0.";
  const speed = Number(form.speed);
  if (!(speed > 0 && speed <= 3600)) errors.speed = "A number above 0, up to 3,600.";
  return errors;
}

export function requestOf(form: ConnectForm): ConnectRequest {
  const text = (value: string) => (value.trim() === "" ? null : value.trim());
  return form.kind === "account"
    ? { kind: "account", profile: text(form.profile), region: text(form.region), endpoint: text(form.endpoint) }
    : {
        kind: "sandbox",
        scenario: form.scenario,
        groups: Number(form.groups),
        seed: Number(form.seed),
        speed: Number(form.speed),
      };
}
