import AppLayout from "@cloudscape-design/components/app-layout";
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import Flashbar from "@cloudscape-design/components/flashbar";
import { useEffect, useRef, useState } from "react";
import { Navigate, Route, Routes, matchPath, useLocation, useNavigate } from "react-router";

import { Boundary } from "./Boundary";
import { useOverlays } from "./Overlays";
import { SideNav } from "./SideNav";
import { TopBar } from "./TopBar";
import { useFlash } from "./flash";
import { useHelp } from "./help";
import { screens } from "./screens";
import { useLooks } from "./looks";

/** What is on every screen: connection, navigation, breadcrumbs, messages and help, around the screen itself. */
export function Frame() {
  useLooks();
  const { overlays, openPalette } = useOverlays();
  const location = useLocation();
  const navigate = useNavigate();
  const flash = useFlash();
  const help = useHelp();
  const screen = screens.find(({ path }) => matchPath(path, location.pathname));
  const wizard = screen?.wizard ?? false;
  // Folded beside the wizard's own rail, open elsewhere, until the user says otherwise for the one or the other.
  const [open, setOpen] = useState({ wizard: false, other: true });
  const part = wizard ? "wizard" : "other";
  useEffect(() => {
    document.title = screen ? `${screen.title} · Overseed` : "Overseed";
  }, [screen]);
  const { left } = flash;
  useEffect(() => left, [left, location.pathname]);
  // Whoever works by keyboard or screen reader goes on in the new screen, not where the last one was left.
  const content = useRef<HTMLDivElement>(null);
  const shown = useRef(screen);
  useEffect(() => {
    if (shown.current === screen) return;
    shown.current = screen;
    content.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [screen]);
  const crumbs = [
    ...(screen?.parent ? [{ text: screen.parent.title, href: `#${screen.parent.path}` }] : []),
    ...(screen ? [{ text: screen.title, href: `#${location.pathname}` }] : []),
  ];
  return (
    <>
      <TopBar onFind={openPalette} />
      {overlays}
      <AppLayout
        headerSelector="#top"
        contentType={wizard ? "wizard" : "default"}
        maxContentWidth={Number.MAX_VALUE}
        navigation={<SideNav />}
        navigationWidth={220}
        navigationOpen={open[part]}
        onNavigationChange={({ detail }) => setOpen({ ...open, [part]: detail.open })}
        breadcrumbs={
          !wizard && (
            <BreadcrumbGroup
              items={crumbs}
              onFollow={(event) => {
                event.preventDefault();
                void navigate(event.detail.href.slice(1));
              }}
            />
          )
        }
        notifications={<Flashbar items={flash.items} stackItems={flash.items.length > 2} />}
        stickyNotifications
        tools={help.content}
        toolsHide={!help.open || !help.content}
        toolsOpen={help.open}
        onToolsChange={({ detail }) => help.setOpen(detail.open)}
        content={
          <div ref={content} tabIndex={-1} className="screen">
            <Boundary key={screen?.path ?? ""}>
              <Routes>
                {screens.map(({ path, Component }) => (
                  <Route key={path} path={path} element={<Component />} />
                ))}
                <Route path="*" element={<Navigate to="/new" replace />} />
              </Routes>
            </Boundary>
          </div>
        }
        ariaLabels={{
          navigation: "Side navigation",
          navigationToggle: "Open side navigation",
          navigationClose: "Close side navigation",
          notifications: "Messages",
          tools: "Help panel",
          toolsToggle: "Open help panel",
          toolsClose: "Close help panel",
        }}
      />
    </>
  );
}
