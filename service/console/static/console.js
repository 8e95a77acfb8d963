"use strict";
// NiceGUI's own notice of a lost connection, told to screen readers as well.
const lost = document.getElementById("popup");
if (lost) {
  lost.setAttribute("role", "status");
  lost.setAttribute("aria-live", "assertive");
}
