/** The browser's history as a route, and links that stay within the page. */
import { useEffect, useState } from "preact/hooks";
import { addressOf, parseRoute, type Route } from "./route.ts";

const moved = new EventTarget();

/** Goes to a route as a link would. */
export function go(route: Route): void {
  goTo(addressOf(route));
}

/** The current route; the component is drawn again when it changes. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location));
  useEffect(() => {
    const update = () => setRoute(parseRoute(location));
    addEventListener("popstate", update);
    moved.addEventListener("moved", update);
    document.addEventListener("click", followLink);
    return () => {
      removeEventListener("popstate", update);
      moved.removeEventListener("moved", update);
      document.removeEventListener("click", followLink);
    };
  }, []);
  return route;
}

function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (link === null || link.origin !== location.origin || link.target !== "" || link.hasAttribute("download"))
    return;
  if (link.hash !== "" && link.pathname === location.pathname) return;
  event.preventDefault();
  goTo(link.pathname + link.search);
}

function goTo(address: string): void {
  if (address !== location.pathname + location.search) history.pushState(null, "", address);
  moved.dispatchEvent(new Event("moved"));
  scrollTo({ top: 0, behavior: "instant" });
}
