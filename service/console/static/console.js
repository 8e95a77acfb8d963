"use strict";

const ALIVE = "/console/alive";
const TYPING_TOLD_EVERY_MS = 60_000;
const LOST_ASKED_EVERY_MS = 2_000;

// Until its handshake NiceGUI (3.18) lets every event wait in a timer of its own, and they end in any order:
// an Enter before the last letter that it sends. Socket.IO keeps what it is given in order until it is
// connected, and where the handshake is part of the connecting (`implicit_handshake`) nothing else need wait.
let handShaken = false;
Object.defineProperty(window, "did_handshake", {
  get: () => handShaken || Boolean(window.socket?.io?.opts?.query?.implicit_handshake),
  set: (done) => { handShaken = done; },
});

/** Ask whether we are still signed in; go to the login where we are not. */
async function stillIn() {
  try {
    const answer = await fetch(ALIVE, { method: "POST" });
    if (answer.status === 401) location.reload();
    return answer.ok;
  } catch {
    return false; // no connection: asked again
  }
}

// Whoever clicks and types is there: the session does not end by idling.
let told = Date.now();
for (const event of ["keydown", "pointerdown"]) {
  addEventListener(event, () => {
    if (Date.now() - told < TYPING_TOLD_EVERY_MS) return;
    told = Date.now();
    stillIn();
  }, { passive: true });
}

// NiceGUI's own notice of a lost connection: told to screen readers; after a restart of the service,
// or when the session has ended meanwhile, the page comes back by itself.
const lost = document.getElementById("popup");
lost.setAttribute("role", "status");
lost.setAttribute("aria-live", "assertive");
let asking = 0;
new MutationObserver(() => {
  const isLost = lost.getAttribute("aria-hidden") === "false";
  document.body.classList.toggle("sw-lost", isLost);
  clearInterval(asking);
  if (isLost) asking = setInterval(stillIn, LOST_ASKED_EVERY_MS);
}).observe(lost, { attributeFilter: ["aria-hidden"] });

// `?` shows the keys of the page; so does the button in the header.
function isTyping(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
function showKeys() {
  const help = document.getElementById("keys");
  if (help && !help.open) help.showModal();
}
addEventListener("keydown", (event) => {
  if (event.key !== "?" || isTyping(event.target)) return;
  event.preventDefault();
  showKeys();
});
addEventListener("click", (event) => {
  if (event.target.closest("[data-keys]")) showKeys();
  if (event.target.closest("dialog [data-close]")) event.target.closest("dialog").close();
});

// A menu closes when one goes elsewhere.
addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.sw-account[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.sw-account[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
