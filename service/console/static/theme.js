"use strict";
// Before anything is drawn: dark or light as chosen, else as the system is.
const chosen = document.cookie.match(/streetwatch_theme=(dark|light)/);
const dark = chosen ? chosen[1] === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
document.addEventListener("DOMContentLoaded", () => document.body.classList.toggle("body--dark", dark));
