// Shows one case at a time and takes verdicts by key. The cases after it are loaded beforehand, and
// a key changes the picture at once: the server is told afterwards and may correct it.

const CLIP = "clip";
const STEP_S = 0.2;
const LEAP_S = 2;

const template = `
<section class="rp" :aria-label="words.player">
  <div class="rp-stage" :class="{ empty: !reel }">
    <div v-for="one in reels" :key="one.number" class="rp-slot" :class="{ here: one === reel }"
         :aria-hidden="one === reel ? null : 'true'" :inert="one === reel ? null : ''">
      <img v-for="still in one.stills" v-show="view === still.role || (view === 'clip' && still.role === 'threshold')"
           :key="still.role" :src="still.url" :ref="el => keep(one, still.role, el)"
           :class="{ gone: !still.url }" :alt="words[still.role]" @load="measured(one, $event.target)"
           @error="broken(one, still.role)">
      <video v-if="one.clip" v-show="view === 'clip' && !failed[one.number + 'clip']" :ref="el => keep(one, 'clip', el)" :src="one.clip"
             preload="auto" muted playsinline loop disablepictureinpicture tabindex="-1" :aria-label="words.clip"
             @loadeddata="measured(one, $event.target)" @error="broken(one, 'clip')"
             @timeupdate="tick" @seeked="tick" @play="playing = true" @pause="playing = false"></video>
      <svg v-if="one === reel && size" class="rp-drawn" :viewBox="'0 0 ' + size[0] + ' ' + size[1]"
           preserveAspectRatio="xMidYMid meet" aria-hidden="true">
        <polygon v-if="one.zone.length" class="rp-zone" :points="outline(one.zone)"/>
        <rect v-if="box" class="rp-box" :class="{ unseen: sight && sight !== 'seen' }" :style="{ stroke: colour }"
              :x="box[0] * size[0]" :y="box[1] * size[1]"
              :width="(box[2] - box[0]) * size[0]" :height="(box[3] - box[1]) * size[1]"/>
      </svg>
    </div>
    <p v-if="reel && note" class="rp-note" role="status">{{ note }}</p>
    <p v-if="reel && sight && sight !== 'seen'" class="rp-sight">{{ words[sight] }}</p>
    <p v-if="!reel && reels.length === 0" class="rp-waiting">{{ words.nothing }}</p>
    <p v-else-if="!reel" class="rp-waiting" role="status">{{ words.loading }}</p>
    <div v-if="asking" class="rp-reasons" role="menu" :aria-label="words.reason">
      <button v-for="(one, index) in reasons" :key="one.name" type="button" role="menuitem"
              @click="reject(one.name, $event)"><kbd class="sw-key">{{ index + 1 }}</kbd>{{ one.words }}</button>
      <button type="button" role="menuitem" class="rp-quiet" @click="asking = false"><kbd class="sw-key">Esc</kbd>{{ words.back }}</button>
    </div>
  </div>
  <div class="rp-line" v-if="reel">
    <button type="button" class="rp-play" :disabled="!hasClip" :aria-label="playing ? words.pause : words.play"
            @click="toggle"><span aria-hidden="true">{{ playing ? "❚❚" : "▶" }}</span></button>
    <div class="rp-time" ref="line" role="slider" tabindex="0" :aria-label="words.time_line" :aria-valuetext="clock(at)"
         aria-valuemin="0" :aria-valuemax="Math.round(reel.until - reel.since)" :aria-valuenow="Math.round(at - reel.since)"
         @click="point">
      <i v-if="!reel.spans.length" class="rp-span none" style="left:0;width:100%"></i>
      <i v-for="one in reel.spans" class="rp-span" :class="'at-' + one[2]" :style="stretch(one[0], one[1])" :title="words[one[2]]"></i>
      <i v-if="reel.clip && clipLength" class="rp-clip" :style="stretch(reel.clip_at, reel.clip_at + clipLength)"></i>
      <i v-if="reel.violation_at" class="rp-full" :style="spot(reel.violation_at)" :title="words.violation"></i>
      <i class="rp-now" :style="spot(at)"></i>
    </div>
    <output class="rp-clock sw-number">{{ clock(at) }}</output>
  </div>
  <div class="rp-legend" v-if="reel" aria-hidden="true">
    <span>{{ clock(reel.since) }}</span>
    <template v-if="reel.spans.length"><span v-for="name in sights" :key="name"><i :class="'at-' + name"></i>{{ words[name] }}</span></template>
    <span v-else>{{ words.no_track }}</span>
    <span>{{ clock(reel.until) }}</span>
  </div>
  <div class="rp-stills" v-if="reel">
    <button v-for="(one, index) in reel.stills" :key="one.role" type="button" :disabled="!one.url || failed[reel.number + one.role]"
            :aria-pressed="view === one.role" @click="look(one.role)">
      <img v-if="one.url && !failed[reel.number + one.role]" :src="one.url" alt="" loading="eager"><span v-else class="rp-none">{{ words.missing }}</span>
      <span class="rp-caption"><kbd class="sw-key">{{ index + 1 }}</kbd>{{ words[one.role] }}<small v-if="one.at" class="sw-number">{{ clock(one.at) }}</small></span>
    </button>
    <button type="button" :disabled="!hasClip" :aria-pressed="view === 'clip'" @click="look('clip')">
      <span class="rp-none">{{ hasClip ? "▶" : words.missing }}</span>
      <span class="rp-caption"><kbd class="sw-key">4</kbd>{{ words.clip }}</span>
    </button>
  </div>
  <div class="rp-acts" role="toolbar" :aria-label="words.verdict">
    <button type="button" class="good" :disabled="!reel" @click="confirm"><kbd class="sw-key">Y</kbd>{{ words.confirm }}</button>
    <button type="button" class="bad" :disabled="!reel" :aria-expanded="asking" @click="ask"><kbd class="sw-key">N</kbd>{{ words.reject }}</button>
    <button type="button" class="warn" :disabled="!reel" @click="unsure"><kbd class="sw-key">U</kbd>{{ words.unsure }}</button>
    <span class="sw-grow"></span>
    <button type="button" @click="$emit('previous')"><kbd class="sw-key">K</kbd>{{ words.previous }}</button>
    <button type="button" :disabled="!reel" @click="next"><kbd class="sw-key">J</kbd>{{ words.next }}</button>
    <button type="button" @click="$emit('undo')"><kbd class="sw-key">Z</kbd>{{ words.undo }}</button>
    <button type="button" :disabled="!reel" :title="words.mute_place" @click="$emit('mute', { number: reel.number })"><kbd class="sw-key">M</kbd>{{ words.mute }}</button>
  </div>
</section>`;

export default {
  template,
  props: { reels: Array, words: Object, reasons: Array },
  emits: ["verdict", "next", "previous", "undo", "mute", "grid", "shown"],
  data: () => ({ gone: {}, failed: {}, view: CLIP, asking: false, playing: false, at: 0, size: null, clipLength: 0 }),
  computed: {
    reel() { return this.reels.find((one) => !this.gone[one.number]) || null; },
    number() { return this.reel ? this.reel.number : null; },
    hasClip() { return Boolean(this.reel && this.reel.clip && !this.failed[this.number + CLIP]); },
    colour() { return this.reel ? `var(--sw-${this.reel.type}, var(--sw-prohibited))` : ""; },
    note() { return this.reel && !this.hasClip ? this.words[this.reel.no_clip || "unplayable"] : ""; },
    sights() { return ["seen", "missed", "hidden", "idle"].filter((name) => this.reel.spans.some((one) => one[2] === name)); },
    sight() {
      const span = this.reel && this.reel.spans.find((one) => one[0] <= this.at && this.at < one[1]);
      return span ? span[2] : null;
    },
    box() {
      const boxes = this.reel ? this.reel.boxes : [];
      const now = boxes.findLast((one) => one[0] <= this.at + 0.05) || boxes[0];
      return now ? now.slice(1) : null;
    },
  },
  watch: {
    reels(now) {
      const here = new Set(now.map((one) => one.number));
      for (const number of Object.keys(this.gone)) if (!here.has(number)) delete this.gone[number];
    },
    number: { handler() { this.begin(); }, immediate: false },
  },
  created() { this.media = new Map(); this.pressedAt = null; },
  mounted() {
    window.addEventListener("keydown", this.key);
    this.begin();
  },
  unmounted() {
    window.removeEventListener("keydown", this.key);
    cancelAnimationFrame(this.frame);
  },
  methods: {
    keep(one, name, element) {
      const key = one.number + name;
      if (element) this.media.set(key, element); else this.media.delete(key);
    },
    here(name) { return this.media.get(this.number + name); },
    begin() {
      for (const element of this.media.values()) if (element.pause) element.pause();
      this.asking = false;
      this.playing = false;
      this.size = null;
      this.clipLength = 0;
      if (!this.reel) return;
      this.view = this.hasClip ? CLIP : (this.reel.stills.find((one) => one.role === "threshold" && one.url)
        || this.reel.stills.find((one) => one.url) || { role: "threshold" }).role;
      this.$emit("shown", { number: this.number });
      this.$nextTick(() => { this.arrive(); this.follow(); });
    },
    arrive() {
      // The picture is there when the browser has decoded it: measured from the key that asked for it.
      const number = this.number, since = this.pressedAt;
      this.pressedAt = null;
      const video = this.view === CLIP ? this.here(CLIP) : null;
      const still = this.here(this.view === CLIP ? "threshold" : this.view);
      const done = () => {
        if (this.number !== number) return;
        if (video) { video.currentTime = 0; video.play().catch(() => {}); }
        this.tick();
        if (since === null) return;
        requestAnimationFrame(() => requestAnimationFrame((now) => {
          performance.measure("sw-review-next", { start: since, end: now, detail: number });
        }));
      };
      for (const element of [video, still]) if (element) this.measured(this.reel, element);
      if (video && video.readyState >= 2) done();
      else if (still && still.src && still.decode) still.decode().then(done, done);
      else done();
    },
    measured(one, element) {
      if (one.number !== this.number) return;
      const width = element.videoWidth || element.naturalWidth;
      if (!width) return;
      this.size = [width, element.videoHeight || element.naturalHeight];
      if (element.duration) this.clipLength = element.duration;
    },
    broken(one, name) {
      const still = name === CLIP || one.stills.some((each) => each.role === name && each.url);
      if (still) this.failed[one.number + name] = true;
      if (name === CLIP && one.number === this.number) this.look("threshold");
    },
    follow() {
      cancelAnimationFrame(this.frame);
      const run = () => { if (this.playing) this.tick(); this.frame = requestAnimationFrame(run); };
      this.frame = requestAnimationFrame(run);
    },
    tick() {
      if (!this.reel) return;
      const video = this.here(CLIP);
      const still = this.reel.stills.find((one) => one.role === this.view);
      if (this.view === CLIP && video) this.at = this.reel.clip_at + video.currentTime;
      else this.at = (still && still.at) || this.reel.violation_at || this.reel.since;
    },
    look(view) {
      if (!this.reel) return;
      if (view === CLIP && !this.hasClip) return;
      if (view !== CLIP && !this.reel.stills.some((one) => one.role === view && one.url)) return;
      this.view = view;
      const video = this.here(CLIP);
      if (video && view !== CLIP) video.pause();
      this.$nextTick(() => { const shown = this.here(view); if (shown) this.measured(this.reel, shown); this.tick(); });
    },
    toggle() {
      const video = this.here(CLIP);
      if (!this.hasClip || !video) return;
      if (this.view !== CLIP) this.look(CLIP);
      if (video.paused) video.play().catch(() => {}); else video.pause();
    },
    step(seconds) {
      const video = this.here(CLIP);
      if (!this.hasClip || !video) return;
      if (this.view !== CLIP) this.look(CLIP);
      video.pause();
      video.currentTime = Math.min(Math.max(video.currentTime + seconds, 0), video.duration || 0);
    },
    point(event) {
      const edge = this.$refs.line.getBoundingClientRect();
      const at = this.reel.since + ((event.clientX - edge.left) / edge.width) * (this.reel.until - this.reel.since);
      const video = this.here(CLIP), inside = at - this.reel.clip_at;
      if (this.hasClip && video && inside >= 0 && inside <= video.duration) {
        this.look(CLIP);
        video.currentTime = inside;
        return;
      }
      const stills = this.reel.stills.filter((one) => one.url && one.at);
      stills.sort((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at));
      if (stills.length) this.look(stills[0].role);
    },
    leave(name, said) {
      if (!this.reel) return;
      if (this.pressedAt === null) this.pressedAt = performance.now();
      const number = this.number;
      this.gone[number] = true;
      this.$emit(name, { number, ...said });
    },
    confirm(event) { this.calm(event); this.leave("verdict", { judgement: "confirmed" }); },
    unsure(event) { this.calm(event); this.leave("verdict", { judgement: "unsure" }); },
    ask(event) { this.calm(event); this.asking = Boolean(this.reel); },
    reject(reason, event) { this.calm(event); this.asking = false; this.leave("verdict", { judgement: "rejected", reason }); },
    next(event) { this.calm(event); this.leave("next", {}); },
    // A button that was clicked by mouse must not take the next space for itself.
    calm(event) { if (event && event.detail && event.currentTarget) event.currentTarget.blur(); },
    key(event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const on = event.target;
      if (on.closest && on.closest("input, textarea, select, [contenteditable], .q-dialog, .q-menu, [role=listbox]")) return;
      if (document.querySelector(".q-dialog, .q-menu, dialog[open]")) return;
      if ((event.key === " " || event.key === "Enter") && on.closest && on.closest("button, a, summary, [role=option]")) return;
      const act = this.asking ? this.reasonKey(event) : this.plainKey(event);
      if (!act) return;
      event.preventDefault();
      if (!event.repeat || act.repeats) { this.pressedAt = event.timeStamp; act.run(); }
      if (!act.leaves) this.pressedAt = null;
    },
    reasonKey(event) {
      if (event.key === "Escape") return { run: () => { this.asking = false; } };
      const one = this.reasons[Number(event.key) - 1];
      return one ? { leaves: true, run: () => this.reject(one.name) } : null;
    },
    plainKey(event) {
      const leap = event.shiftKey ? LEAP_S : STEP_S;
      const acts = {
        y: { leaves: true, run: () => this.confirm() },
        n: { run: () => this.ask() },
        u: { leaves: true, run: () => this.unsure() },
        j: { leaves: true, run: () => this.next() },
        k: { run: () => this.$emit("previous") },
        z: { run: () => this.$emit("undo") },
        m: { run: () => { if (this.reel) this.$emit("mute", { number: this.number }); } },
        g: { run: () => this.$emit("grid") },
        " ": { run: () => this.toggle() },
        arrowleft: { repeats: true, run: () => this.step(-leap) },
        arrowright: { repeats: true, run: () => this.step(leap) },
        1: { run: () => this.look("first") },
        2: { run: () => this.look("threshold") },
        3: { run: () => this.look("latest") },
        4: { run: () => this.look(CLIP) },
      };
      return acts[event.key.toLowerCase()] || null;
    },
    outline(points) { return points.map(([x, y]) => `${x * this.size[0]},${y * this.size[1]}`).join(" "); },
    share(at) {
      const whole = this.reel.until - this.reel.since || 1;
      return Math.min(Math.max((at - this.reel.since) / whole, 0), 1) * 100;
    },
    spot(at) { return { left: `${this.share(at)}%` }; },
    stretch(from, to) { return { left: `${this.share(from)}%`, width: `${Math.max(this.share(to) - this.share(from), 0.3)}%` }; },
    clock(at) {
      return new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", timeStyle: "medium" }).format(at * 1000);
    },
  },
};
