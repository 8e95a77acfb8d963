// Cameras as tiles. Only tiles that can be seen ask for pictures; what is drawn on them is pushed.
const ASK_EVERY_MS = 1500;
const ROTATE_EVERY_MS = 20000;

export default {
  template: `
    <ul class="wl-grid" :class="['wl-' + size, { 'wl-plain': !overlay }]" :aria-label="words.cameras">
      <li v-for="tile in tiles" :key="tile.id" class="wl-tile" :class="'wl-' + tile.tone"
          :data-camera="tile.id" ref="tiles">
        <a class="wl-open" :href="'/console/wall/' + tile.id" :aria-label="tile.label">
          <span class="wl-frame">
            <img v-if="pictures[tile.id]" :src="pictures[tile.id]" alt="" @load="loaded(tile.id)"
                 @error="failed(tile.id)" draggable="false">
            <span v-else class="wl-none" aria-hidden="true">
              <i class="q-icon material-icons">{{ tile.sign }}</i>
            </span>
            <svg v-if="overlay && pictures[tile.id]" class="wl-overlay" viewBox="0 0 1000 1000" preserveAspectRatio="none"
                 aria-hidden="true">
              <polygon v-for="zone in tile.zones" :key="zone.id" :points="zone.points"
                       :class="'wl-zone wl-zone-' + zone.kind"/>
              <rect v-for="(stay, i) in tile.stays" :key="i" :x="stay.x" :y="stay.y" :width="stay.width"
                    :height="stay.height" class="wl-stay" :class="{ 'wl-violation': stay.is_violation }"
                    :style="{ stroke: 'var(--wl-' + stay.type + ')' }"/>
            </svg>
            <template v-if="overlay && pictures[tile.id]">
              <span v-for="(stay, i) in tile.stays" :key="'w' + i" class="wl-dwell"
                    :class="{ 'wl-violation': stay.is_violation }"
                    :style="{ left: stay.x / 10 + '%', top: stay.y / 10 + '%' }">{{ told(stay) }}</span>
            </template>
            <span class="sw-chip wl-condition" :class="tile.tone">
              <i class="q-icon material-icons" aria-hidden="true">{{ tile.sign }}</i>{{ tile.words }}
            </span>
          </span>
          <span class="wl-line">
            <span class="wl-name">{{ tile.name }}</span>
            <span v-if="tile.open" class="sw-chip wl-cases" :class="tile.level">{{ tile.open }}</span>
          </span>
        </a>
      </li>
    </ul>`,
  props: { start: Array, words: Object, size: String, overlay: Boolean, pages: Number },
  emits: ["leaf"],
  data() {
    return { tiles: this.start, pictures: {}, full: false };
  },
  mounted() {
    this.visible = new Set();
    this.waiting = new Map();
    this.watcher = new IntersectionObserver((seen) => this.saw(seen), { rootMargin: "80px" });
    this.watchTiles();
    this.asking = setInterval(() => this.visible.forEach((id) => this.ask(id)), ASK_EVERY_MS);
    this.rotating = setInterval(() => {
      if (this.full && this.pages > 1) this.$emit("leaf", 1);
    }, ROTATE_EVERY_MS);
    this.onFull = () => this.setFull(document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", this.onFull);
    this.onKey = (event) => this.pressed(event);
    document.addEventListener("keydown", this.onKey);
    if (new URLSearchParams(location.search).has("full")) this.setFull(true);
  },
  unmounted() {
    clearInterval(this.asking);
    clearInterval(this.rotating);
    this.watcher.disconnect();
    document.removeEventListener("fullscreenchange", this.onFull);
    document.removeEventListener("keydown", this.onKey);
  },
  methods: {
    told(stay) {
      return this.size === "large" ? stay.words : stay.dwell;
    },
    // Show other cameras.
    replace(tiles) {
      this.tiles = tiles;
      this.visible.clear();
      this.$nextTick(() => this.watchTiles());
    },
    // Show what has changed of some of them.
    show(changed) {
      const known = new Map(changed.map((tile) => [tile.id, tile]));
      this.tiles = this.tiles.map((tile) => known.get(tile.id) ?? tile);
    },
    watchTiles() {
      this.watcher.disconnect();
      (this.$refs.tiles ?? []).forEach((tile) => this.watcher.observe(tile));
    },
    saw(entries) {
      for (const entry of entries) {
        const id = entry.target.dataset.camera;
        if (entry.isIntersecting) {
          this.visible.add(id);
          this.ask(id);
        } else {
          this.visible.delete(id);
        }
      }
    },
    ask(id) {
      if (document.hidden || this.waiting.get(id) > Date.now() - 5000) return;
      this.waiting.set(id, Date.now());
      this.pictures[id] = `/console/live/${encodeURIComponent(id)}.jpg?t=${Date.now()}`;
    },
    loaded(id) {
      this.waiting.delete(id);
    },
    failed(id) {
      // The next one may come: until then the sign stands in for the picture.
      delete this.pictures[id];
    },
    pressed(event) {
      const inField = event.target.closest("input, textarea, select, [contenteditable], [role=listbox]");
      if (inField || event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === "f") this.enter();
      if (event.key === "ArrowRight") this.$emit("leaf", 1);
      if (event.key === "ArrowLeft") this.$emit("leaf", -1);
      if (event.key === "Escape" && this.full) this.setFull(false);
    },
    enter() {
      document.documentElement.requestFullscreen?.().catch(() => this.setFull(true));
    },
    setFull(full) {
      this.full = full;
      document.body.classList.toggle("wl-full", full);
    },
  },
};
