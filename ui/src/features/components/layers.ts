import type { ComponentIntent, DevicesMeant, Intent, Layer } from "~/ipc";

/** A component and what is to become of it. */
export interface Named {
  name: string;
  intent: ComponentIntent;
}

/** The layers as they are shown: there is always one to put something into. */
export function shownLayers(layers: readonly Layer[]): readonly Layer[] {
  return layers.length > 0 ? layers : [{ of: { kind: "all" }, intent: {} }];
}

export function meantBy(layer: Layer): DevicesMeant {
  return layer.of ?? { kind: "all" };
}

export function componentsOf(layer: Layer): Named[] {
  return Object.entries(layer.intent?.components ?? {})
    .map(([name, intent]) => ({ name, intent }))
    .sort((a, b) => a.name.localeCompare(b.name, "en"));
}

/** Whether a layer says anything at all. */
export function says(layer: Layer): boolean {
  const { components, policies, deploymentName, iotJobConfiguration } = layer.intent ?? {};
  return Boolean(Object.keys(components ?? {}).length > 0 || policies || deploymentName || iotJobConfiguration);
}

/** The layers with another intent in one of them. */
export function withIntent(layers: readonly Layer[], index: number, change: (intent: Intent) => Intent): Layer[] {
  return shownLayers(layers).map((layer, at) => (at === index ? { ...layer, intent: change(layer.intent ?? {}) } : layer));
}

/** The layers with a component in one of them; `before` is the name that it had, where it is another one now. */
export function withComponent(layers: readonly Layer[], index: number, { name, intent }: Named, before?: string): Layer[] {
  return withIntent(layers, index, ({ components, ...rest }) => {
    const others = Object.entries(components ?? {}).filter(([other]) => other !== before && other !== name);
    return { ...rest, components: Object.fromEntries([...others, [name, intent]]) };
  });
}

export function withoutComponent(layers: readonly Layer[], index: number, name: string): Layer[] {
  return withIntent(layers, index, ({ components, ...rest }) => {
    const others = Object.entries(components ?? {}).filter(([other]) => other !== name);
    return { ...rest, ...(others.length > 0 && { components: Object.fromEntries(others) }) };
  });
}

/** The layers with other devices meant by one; the one after the last is a new one. */
export function withMeant(layers: readonly Layer[], index: number, of: DevicesMeant): Layer[] {
  const shown = shownLayers(layers);
  if (index >= shown.length) return [...shown, { of, intent: {} }];
  return shown.map((layer, at) => (at === index ? { ...layer, of } : layer));
}

export function withoutLayer(layers: readonly Layer[], index: number): Layer[] {
  return layers.filter((_, at) => at !== index);
}

/** The layers with one of them a place earlier or later. */
export function moved(layers: readonly Layer[], index: number, by: -1 | 1): Layer[] {
  const next = [...layers];
  const [layer] = next.splice(index, 1);
  if (layer) next.splice(index + by, 0, layer);
  return next;
}
