import "@testing-library/jest-dom/vitest";

import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeAll } from "vitest";

import { forgetIpc } from "./fakeIpc";

// A busy machine may take its time; a test that passes does not wait for it.
configure({ asyncUtilTimeout: 8000 });

beforeAll(() => {
  // jsdom lays nothing out and matches no media; these are the answers of a wide, light window at rest.
  window.matchMedia = (media) =>
    ({
      media,
      matches: false,
      onchange: null,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
      addListener: () => undefined,
      removeListener: () => undefined,
      dispatchEvent: () => false,
    }) satisfies MediaQueryList;
  globalThis.ResizeObserver ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
  // A pointer is a mouse here; jsdom knows no other.
  window.PointerEvent ??= class extends MouseEvent {} as typeof PointerEvent;
  // axe-core measures icon fonts on a canvas and can do without.
  HTMLCanvasElement.prototype.getContext = () => null;
  Element.prototype.scrollIntoView = () => undefined;
  window.scrollTo = () => undefined;
});

afterEach(async () => {
  cleanup();
  // Screens detach their watches as they go; the fake shell has to be there to hear it.
  await new Promise((done) => setTimeout(done));
  forgetIpc();
  localStorage.clear();
  window.location.hash = "";
});
