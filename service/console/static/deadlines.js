const DAY = 86400;
const HOUR = 3600;
const MINUTE = 60;

// Say how long that is, to the second where it is short.
export function span(s, words) {
  if (s >= 2 * DAY) return `${Math.floor(s / DAY)} ${words.d} ${Math.floor((s % DAY) / HOUR)} ${words.h}`;
  if (s >= HOUR) {
    return `${Math.floor(s / HOUR)} ${words.h} ${Math.floor((s % HOUR) / MINUTE)} ${words.min}`;
  }
  if (s >= 10 * MINUTE) return `${Math.floor(s / MINUTE)} ${words.min}`;
  return `${Math.floor(s / MINUTE)}:${String(Math.floor(s % MINUTE)).padStart(2, "0")}`;
}
