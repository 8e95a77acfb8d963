import { span } from "/console/static/deadlines.js";

// A deadline that is counted down.
export default {
  template: `<span class="sw-number cw-countdown" :class="tone">{{ text }}</span>`,
  props: { due: Number, now: Number, words: Object },
  data() {
    return { tick: Date.now(), ahead: 0 };
  },
  mounted() {
    this.ahead = this.now - Date.now() / 1000;
    this.timer = setInterval(() => (this.tick = Date.now()), 1000);
  },
  unmounted() {
    clearInterval(this.timer);
  },
  computed: {
    left() {
      return this.due - (this.tick / 1000 + this.ahead);
    },
    tone() {
      return this.left < 0 ? "bad" : this.left < this.words.soon_s ? "warn" : "";
    },
    text() {
      const words = this.left < 0 ? this.words.late : this.words.left;
      return words.replace("{t}", span(Math.abs(this.left), this.words));
    },
  },
};
