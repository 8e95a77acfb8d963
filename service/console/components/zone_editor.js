// Zones on a live picture: drawn, moved and walked through by mouse, touch or keyboard. What was
// done is told as an edit; Python keeps the zones and says what is wrong with them.
import { crosses, inside, shift, snapped, top } from "streetwatch-zone-geometry";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const REACH = 10; // pixels of the screen
const CLICK = 4; // a pointer that moved less was not dragged
const CLOSEST = 8; // times

export default {
  template: `
    <div class="zone-editor" :style="{ '--ratio': size[0] / size[1] }">
      <svg ref="svg" class="zone-editor__canvas" :class="'is-' + hand.mode" :viewBox="viewBox.join(' ')"
        tabindex="0" role="application" :aria-label="words.canvas" :aria-describedby="uid + '-said'"
        @pointerdown="press" @pointermove="move" @pointerup="release" @pointercancel="drop"
        @pointerleave="hover = null" @wheel="wheel" @keydown="key" @contextmenu.prevent>
        <defs>
          <mask v-for="area in shown" :id="uid + area.id" maskUnits="userSpaceOnUse" x="0" y="0"
            :width="size[0]" :height="size[1]">
            <rect :width="size[0]" :height="size[1]" fill="white" />
            <polygon v-for="cut in cutsOf(area)" :points="text(cut.points)" fill="black" />
          </mask>
          <pattern :id="uid + 'hatch'" :width="12 * unit" :height="12 * unit"
            patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect :width="6 * unit" :height="12 * unit" fill="#000" fill-opacity="0.55" />
          </pattern>
        </defs>
        <image v-if="picture" :href="picture" :width="size[0]" :height="size[1]"
          preserveAspectRatio="none" />
        <g class="zone-editor__grid">
          <line v-for="[a, b] in grid" :x1="a[0] * size[0]" :y1="a[1] * size[1]"
            :x2="b[0] * size[0]" :y2="b[1] * size[1]" />
        </g>
        <g v-for="row in guide" class="zone-editor__guide" :class="{ 'is-small': !row.is_enough }">
          <line :x1="size[0] * (1 - row.width - 0.01)" :x2="size[0] * 0.99" :y1="row.y * size[1]"
            :y2="row.y * size[1]" />
        </g>
        <g v-for="stay in stays" class="zone-editor__stay" :class="'is-' + stay.state">
          <rect :x="stay.box[0] * size[0]" :y="stay.box[1] * size[1]"
            :width="(stay.box[2] - stay.box[0]) * size[0]"
            :height="(stay.box[3] - stay.box[1]) * size[1]" />
          <text :x="stay.box[0] * size[0]" :y="stay.box[3] * size[1] + 14 * unit"
            :font-size="12 * unit">{{ stay.label }}</text>
        </g>
        <g v-for="area in shown" :key="area.id" tabindex="0" role="button" :data-area="area.id"
          :aria-label="area.said" :aria-pressed="area.id === selected"
          class="zone-editor__area" :class="classesOf(area)" @focus="$emit('pick', area.id)">
          <polygon :points="text(area.points)" class="zone-editor__fill"
            :mask="'url(#' + uid + area.id + ')'"
            :fill="area.kind === 'privacy_mask' ? 'url(#' + uid + 'hatch)' : undefined" />
          <polygon :points="text(area.points)" class="zone-editor__outline" />
          <text :x="labelOf(area)[0]" :y="labelOf(area)[1]" :font-size="13 * unit">
            {{ area.id }}</text>
        </g>
        <g v-if="handles.length" class="zone-editor__handles">
          <circle v-for="(point, row) in middles" :cx="point[0]" :cy="point[1]" :r="4 * unit"
            :data-middle="row" class="zone-editor__middle" />
          <circle v-for="(point, row) in handles" :key="row" :cx="point[0]" :cy="point[1]"
            :r="7 * unit" :data-corner="row" tabindex="0" role="button"
            :aria-label="pointSaid(row, point)" class="zone-editor__corner" />
          <text v-if="hand.mode === 'calibrate'" v-for="(point, row) in handles"
            :x="point[0] + 10 * unit" :y="point[1] - 10 * unit" :font-size="14 * unit">
            {{ row + 1 }}</text>
        </g>
        <g v-if="draft.length || cursor" class="zone-editor__draft"
          :class="['is-' + hand.kind, { 'is-wrong': draftCrosses }]">
          <polyline :points="text(cursorAt ? [...draft, cursorAt] : draft)" />
          <circle v-for="(point, row) in draft" :cx="point[0]" :cy="point[1]"
            :r="(row ? 4 : 7) * unit" />
          <path v-if="cursor" :d="crosshair" />
        </g>
      </svg>
      <p :id="uid + '-said'" class="zone-editor__said" :class="{ 'is-wrong': isWrong }"
        role="status">{{ said }}</p>
    </div>`,

  props: {
    src: { type: String, default: "" },
    refresh_ms: { type: Number, default: 0 },
    size: { type: Array, default: () => [1280, 720] },
    areas: { type: Array, default: () => [] },
    ground: { type: Array, default: () => [] },
    grid: { type: Array, default: () => [] },
    guide: { type: Array, default: () => [] },
    stays: { type: Array, default: () => [] },
    selected: { type: String, default: "" },
    mode: { type: String, default: "select" },
    kind: { type: String, default: "prohibited" },
    words: { type: Object, default: () => ({}) },
  },
  emits: ["edit", "pick", "mode"],

  data() {
    return {
      uid: "z" + Math.random().toString(36).slice(2, 8),
      picture: "",
      view: { x: 0, y: 0, scale: 1 },
      unit: 1, // pixels of the picture that one of the screen covers
      hand: { mode: this.mode, kind: this.kind }, // the tool in it, before Python knows of it
      override: null, // what a gesture makes of one outline until Python has answered
      drag: null,
      draft: [],
      hover: null,
      cursor: null, // where the keyboard draws
    };
  },

  computed: {
    viewBox() {
      const [width, height] = this.size;
      return [this.view.x, this.view.y, width / this.view.scale, height / this.view.scale];
    },
    shown() {
      return this.areas.map((area) => ({
        ...area,
        points:
          this.override?.id === area.id ? this.override.points : area.points.map(this.toPixels),
      }));
    },
    handles() {
      if (this.hand.mode === "calibrate")
        return this.override?.id === "" ? this.override.points : this.ground.map(this.toPixels);
      if (this.hand.mode !== "select") return [];
      return this.shown.find((area) => area.id === this.selected)?.points ?? [];
    },
    middles() {
      if (this.hand.mode !== "select") return [];
      return this.handles.map(([x, y], row, all) => {
        const [nextX, nextY] = all[(row + 1) % all.length];
        return [(x + nextX) / 2, (y + nextY) / 2];
      });
    },
    drawn() {
      return this.hand.mode === "draw" || (this.hand.mode === "calibrate" && this.ground.length < 4);
    },
    cursorAt() {
      return this.drawn ? (this.cursor ?? this.hover) : null;
    },
    draftCrosses() {
      return crosses(this.cursorAt ? [...this.draft, this.cursorAt] : this.draft, false);
    },
    isWrong() {
      return this.draftCrosses || this.shown.some((area) => this.wrongOf(area));
    },
    said() {
      if (this.draftCrosses) return this.words.crosses;
      if (this.hand.mode === "calibrate") return this.words.calibrate;
      if (this.drawn) return this.draft.length < 3 ? this.words.draw : this.words.close;
      const wrong = this.shown.find((area) => this.wrongOf(area));
      return wrong ? `${wrong.id}: ${this.wrongOf(wrong)}` : this.words.select;
    },
    crosshair() {
      const [x, y] = this.cursor;
      const arm = 12 * this.unit;
      return `M${x - arm} ${y}h${2 * arm}M${x} ${y - arm}v${2 * arm}`;
    },
  },

  watch: {
    areas() {
      this.override = null;
    },
    ground() {
      this.override = null;
    },
    mode(mode) {
      this.hand.mode = mode;
    },
    kind(kind) {
      this.hand.kind = kind;
    },
    "hand.mode"(mode) {
      this.forget();
      if (mode !== "select") this.$refs.svg.focus();
    },
    src() {
      this.load();
    },
    size() {
      this.measure();
    },
  },

  mounted() {
    this.observer = new ResizeObserver(() => this.measure());
    this.observer.observe(this.$refs.svg);
    document.addEventListener("keydown", this.pageKey);
    this.load();
    if (this.refresh_ms) this.ticking = setInterval(() => this.load(), this.refresh_ms);
  },
  beforeUnmount() {
    this.observer.disconnect();
    clearInterval(this.ticking);
    document.removeEventListener("keydown", this.pageKey);
    URL.revokeObjectURL(this.picture);
  },

  methods: {
    // -- what is shown

    async load() {
      if (!this.src || this.loading || document.hidden) return;
      this.loading = true;
      try {
        const answer = await fetch((this.src[0] === "/" ? window.path_prefix ?? "" : "") + this.src);
        if (!answer.ok) return;
        const before = this.picture;
        this.picture = URL.createObjectURL(await answer.blob());
        URL.revokeObjectURL(before);
      } catch {
        // The page's own banner says that the connection is lost.
      } finally {
        this.loading = false;
      }
    },
    measure() {
      this.unit = this.size[0] / this.view.scale / (this.$refs.svg?.clientWidth || this.size[0]);
    },
    toPixels([x, y]) {
      return [x * this.size[0], y * this.size[1]];
    },
    toShares([x, y]) {
      return [x / this.size[0], y / this.size[1]];
    },
    text: (points) => points.map((point) => point.join(",")).join(" "),
    cutsOf(area) {
      if (area.kind !== "prohibited") return [];
      return this.shown.filter((other) => other.cuts);
    },
    wrongOf(area) {
      return crosses(area.points) ? this.words.crosses : area.wrong;
    },
    classesOf(area) {
      return [
        "is-" + area.kind,
        { "is-selected": area.id === this.selected, "is-wrong": this.wrongOf(area) },
      ];
    },
    labelOf(area) {
      const [x, y] = top(area.points);
      return [x, y < 24 * this.unit ? y + 18 * this.unit : y - 10 * this.unit];
    },
    pointSaid(row, [x, y]) {
      return this.words.point
        .replace("{row}", row + 1)
        .replace("{total}", this.handles.length)
        .replace("{x}", Math.round(x))
        .replace("{y}", Math.round(y));
    },

    // -- mouse and touch

    at(event) {
      const frame = this.$refs.svg.getBoundingClientRect();
      const [x, y, width, height] = this.viewBox;
      return [
        x + ((event.clientX - frame.left) / frame.width) * width,
        y + ((event.clientY - frame.top) / frame.height) * height,
      ];
    },
    snap(point, event, without) {
      const near = inside(point, this.size);
      if (event.altKey) return near;
      const others = this.shown.filter((area) => area.id !== without).map((area) => area.points);
      return snapped(near, others, this.size, REACH * this.unit);
    },
    press(event) {
      const at = this.at(event);
      this.$refs.svg.setPointerCapture(event.pointerId);
      if (event.button === 1) return this.hold(event, { type: "pan", from: at });
      const { corner, middle } = event.target.dataset;
      if (this.drawn) return event.button === 0 && this.place(this.snap(at, event));
      if (event.button === 2) return corner && this.dropCorner(Number(corner));
      const area = event.target.closest("[data-area]")?.dataset.area;
      if (corner) return this.hold(event, { type: "corner", row: Number(corner) });
      if (middle) return this.hold(event, { type: "insert", row: Number(middle) + 1 });
      if (area && this.hand.mode === "select") {
        this.$emit("pick", area);
        return this.hold(event, { type: "area", id: area, from: at });
      }
      this.hold(event, { type: "pan", from: at });
    },
    hold(event, drag) {
      const points = drag.id
        ? this.shown.find((area) => area.id === drag.id).points
        : this.handles.map((point) => [...point]);
      this.drag = { ...drag, points, start: [event.clientX, event.clientY], moved: false };
    },
    move(event) {
      const at = this.at(event);
      this.hover = this.drawn ? this.snap(at, event) : null;
      if (this.drawn) this.cursor = null;
      if (!this.drag) return;
      const [x, y] = this.drag.start;
      this.drag.moved ||= Math.hypot(event.clientX - x, event.clientY - y) >= CLICK;
      if (!this.drag.moved) return;
      if (this.drag.type === "pan") return this.pan(at);
      this.override = { id: this.draggedId(), points: this.dragged(at, event) };
    },
    draggedId() {
      return this.hand.mode === "calibrate" ? "" : (this.drag.id ?? this.selected);
    },
    dragged(at, event) {
      const { type, row, from, points } = this.drag;
      if (type === "area") {
        const others = this.shown.filter((area) => area.id !== this.drag.id);
        const wanted = [at[0] - from[0], at[1] - from[1]];
        const reach = event.altKey ? 0 : REACH * this.unit;
        this.drag.by = shift(points, wanted, others.map((area) => area.points), this.size, reach);
        return points.map(([x, y]) => [x + this.drag.by[0], y + this.drag.by[1]]);
      }
      this.drag.to = this.snap(at, event, this.selected);
      const kept = type === "insert" ? row : row + 1;
      return [...points.slice(0, row), this.drag.to, ...points.slice(kept)];
    },
    release() {
      const drag = this.drag;
      this.drag = null;
      if (!drag || drag.type === "pan") return drag && !drag.moved && this.$emit("pick", "");
      if (drag.type === "insert" && !drag.moved) drag.to = this.middles[drag.row - 1];
      else if (!drag.moved) return this.focusOn(drag);
      if (drag.type === "area") this.edit("shift", { id: drag.id, by: this.toShares(drag.by) });
      else if (this.hand.mode === "calibrate") this.editGround();
      else this.edit(drag.type, { row: drag.row, to: this.toShares(drag.to) });
      this.focusOn(drag);
    },
    focusOn({ type, id, row }) {
      const wanted = type === "area" ? `[data-area="${id}"]` : `[data-corner="${row}"]`;
      setTimeout(() => this.$refs.svg?.querySelector(wanted)?.focus());
    },
    drop() {
      this.drag = this.override = null;
    },
    wheel(event) {
      if (event.deltaY > 0 && this.view.scale === 1) return; // the page goes on
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, this.at(event));
    },
    zoom(by, about) {
      const scale = Math.min(Math.max(this.view.scale * by, 1), CLOSEST);
      const keep = this.view.scale / scale;
      this.look(about[0] - (about[0] - this.view.x) * keep, about[1] - (about[1] - this.view.y) * keep, scale);
    },
    pan(at) {
      const { from } = this.drag;
      this.look(this.view.x - at[0] + from[0], this.view.y - at[1] + from[1], this.view.scale);
    },
    look(x, y, scale) {
      const [width, height] = this.size;
      const [left, above] = inside([x, y], [width - width / scale, height - height / scale]);
      this.view = { x: left, y: above, scale };
      this.measure();
    },

    // -- drawing

    // A click that follows the choice of a tool at once is meant for that tool.
    take(mode, kind) {
      this.hand = { mode, kind: kind || this.hand.kind };
    },
    turn(mode) {
      this.take(mode);
      this.$emit("mode", mode);
    },
    place(point) {
      const first = this.draft[0];
      const closes =
        this.draft.length >= 3 &&
        Math.hypot(point[0] - first[0], point[1] - first[1]) <= REACH * this.unit;
      if (closes) return this.finish();
      const last = this.draft.at(-1);
      if (last && last[0] === point[0] && last[1] === point[1]) return;
      this.draft = [...this.draft, point];
      if (this.hand.mode === "calibrate" && this.draft.length === 4) this.finish();
    },
    finish() {
      if (this.draft.length < 3) return;
      const points = this.draft.map(this.toShares);
      this.forget();
      if (this.hand.mode === "calibrate") return this.edit("ground", { points });
      this.edit("draw", { points });
      this.take("select");
    },
    forget() {
      this.draft = [];
      this.hover = this.cursor = this.drag = null;
    },

    // -- keyboard

    key(event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const done = this.drawn ? this.drawingKey(event) : this.editingKey(event);
      if (done || this.viewKey(event)) event.preventDefault();
    },
    viewKey({ key }) {
      const middle = this.size.map((side) => side / 2);
      if (key === "+" || key === "=") this.zoom(1.2, this.cursor ?? middle);
      else if (key === "-") this.zoom(1 / 1.2, this.cursor ?? middle);
      else if (key === "0") this.look(0, 0, 1);
      else return false;
      return true;
    },
    step({ key, shiftKey }) {
      return ARROWS[key]?.map((way) => way * (shiftKey ? 10 : 1));
    },
    drawingKey(event) {
      const step = this.step(event);
      const at = this.cursorAt ?? this.size.map((side) => side / 2);
      if (step) this.cursor = inside([at[0] + step[0], at[1] + step[1]], this.size);
      else if (event.key === " ") this.place((this.cursor = at));
      else if (event.key === "Enter") this.finish();
      else if (event.key === "Backspace") this.draft = this.draft.slice(0, -1);
      else if (event.key === "Escape") this.draft.length ? this.forget() : this.turn("select");
      else return false;
      return true;
    },
    editingKey(event) {
      const { corner, area } = event.target.dataset;
      if (event.key === "Escape") this.turn("select");
      else if (event.key === "n") this.turn("draw");
      else if (corner !== undefined) return this.cornerKey(event, Number(corner));
      else if (area !== undefined) return this.areaKey(event, area);
      else return false;
      return true;
    },
    cornerKey(event, row) {
      const step = this.step(event);
      const [x, y] = this.handles[row];
      if (step) this.nudge(row, inside([x + step[0], y + step[1]], this.size));
      else if (event.key === "Delete" || event.key === "Backspace") this.dropCorner(row);
      else if (event.key === "Insert" || event.key === "i") this.insertAfter(row);
      else return false;
      return true;
    },
    areaKey(event, id) {
      const step = this.step(event);
      if (step) this.edit("shift", { id, by: this.toShares(step), gesture: "shift " + id });
      else if (event.key === "Delete" || event.key === "Backspace") this.edit("remove", { id });
      else if (event.key === "Enter") this.focusOn({ type: "corner", row: 0 });
      else return false;
      return true;
    },
    nudge(row, to) {
      const points = this.handles.map((point, at) => (at === row ? to : point));
      this.override = { id: this.hand.mode === "calibrate" ? "" : this.selected, points };
      const gesture = `corner ${this.selected} ${row}`;
      if (this.hand.mode === "calibrate") this.editGround(gesture);
      else this.edit("corner", { row, to: this.toShares(to), gesture });
    },
    insertAfter(row) {
      this.edit("insert", { row: row + 1, to: this.toShares(this.middles[row]) });
      this.focusOn({ type: "corner", row: row + 1 });
    },
    dropCorner(row) {
      if (this.hand.mode !== "select") return;
      this.edit("drop", { row });
      this.focusOn({ type: "corner", row: Math.max(row - 1, 0) });
    },
    pageKey(event) {
      if (!(event.ctrlKey || event.metaKey) || event.target.closest("input, textarea")) return;
      const key = event.key.toLowerCase();
      if (key === "z" && this.draft.length) this.draft = this.draft.slice(0, -1);
      else if (key === "z") this.edit(event.shiftKey ? "redo" : "undo", {});
      else if (key === "y") this.edit("redo", {});
      else return;
      event.preventDefault();
    },
    editGround(gesture = "") {
      this.edit("ground", { points: this.override.points.map(this.toShares), gesture });
    },
    edit(what, rest) {
      this.$emit("edit", { what, id: this.selected, gesture: "", ...rest });
    },
  },
};
