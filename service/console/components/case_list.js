// A list of cases. The lines come in the reader's words; only the deadlines are counted down here.
import { span } from "/console/static/deadlines.js";

export default {
  template: `
    <table class="sw-table cw-list">
      <caption class="sw-hidden">{{ words.caption }}</caption>
      <thead>
        <tr>
          <th v-for="one in columns" :key="one.name" scope="col" :class="'cw-' + one.name"
              :aria-sort="sorted(one)">
            <button v-if="one.sorts" type="button" class="cw-sort" @click="$emit('sort', one.name)">
              {{ one.words }}<span aria-hidden="true">{{ arrow(one) }}</span>
            </button>
            <template v-else>{{ one.words }}</template>
          </th>
        </tr>
      </thead>
      <tbody @keydown="walk">
        <tr v-for="line in lines" :key="line.number" :class="{ 'cw-fresh': fresh[line.number] }"
            @click="open(line, $event)">
          <td class="cw-level">
            <span v-if="line.level" class="cw-dot" :class="line.level">{{ line.level_words }}</span>
          </td>
          <td class="cw-number sw-number">
            <a :href="'/console/cases/' + line.number">{{ line.number }}</a>
          </td>
          <td class="cw-type">
            <span class="cw-mark" :style="{ background: 'var(--sw-' + line.type + ', var(--sw-idle))' }"
                  aria-hidden="true"></span>{{ line.type_words }}
          </td>
          <td class="cw-place">{{ line.place }}</td>
          <td class="cw-state"><span class="sw-chip" :class="line.tone">{{ line.state_words }}</span></td>
          <td class="cw-due sw-number" :class="dueTone(line)">{{ due(line) }}</td>
          <td class="cw-assignee">{{ line.assignee }}</td>
          <td class="cw-reported sw-number" :title="line.reported_full">{{ line.reported }}</td>
        </tr>
      </tbody>
    </table>`,
  props: { columns: Array, lines: Array, words: Object, sort: String, now: Number },
  emits: ["sort"],
  data() {
    return { tick: Date.now(), ahead: 0, fresh: {} };
  },
  mounted() {
    this.ahead = this.now - Date.now() / 1000;
    this.timer = setInterval(() => (this.tick = Date.now()), 1000);
  },
  unmounted() {
    clearInterval(this.timer);
  },
  watch: {
    lines(after, before) {
      // What changed under the reader's eyes is lit up for a moment.
      const known = Object.fromEntries(before.map((one) => [one.number, one.revision]));
      const page = before.some((one) => after.some((other) => other.number === one.number));
      this.fresh = Object.fromEntries(
        after.map((one) => [one.number, page && known[one.number] !== one.revision]),
      );
    },
  },
  methods: {
    sorted(column) {
      if (!column.sorts || !column.sorts.includes(this.sort)) return undefined;
      return this.sort.startsWith("-") ? "descending" : "ascending";
    },
    arrow(column) {
      if (!column.sorts.includes(this.sort)) return "";
      return this.sort.startsWith("-") ? " ↓" : " ↑";
    },
    left(line) {
      return line.due_at - (this.tick / 1000 + this.ahead);
    },
    due(line) {
      if (line.due_at === null) return "";
      const left = this.left(line);
      const words = left < 0 ? this.words.late : this.words.left;
      return words.replace("{t}", span(Math.abs(left), this.words));
    },
    dueTone(line) {
      if (line.due_at === null) return "";
      const left = this.left(line);
      return left < 0 ? "bad" : left < this.words.soon_s ? "warn" : "";
    },
    open(line, event) {
      if (event.target.closest("a") || window.getSelection().toString()) return;
      window.location.href = `/console/cases/${line.number}`;
    },
    walk(event) {
      const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
      if (!step) return;
      const links = [...this.$el.querySelectorAll("tbody a")];
      const next = links[links.indexOf(document.activeElement) + step];
      if (next) {
        event.preventDefault();
        next.focus();
      }
    },
    first() {
      this.$el.querySelector("tbody a")?.focus();
    },
  },
};
