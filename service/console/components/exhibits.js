// Evidence: one picture or clip large, the others below it.
export default {
  template: `
    <div class="cw-exhibits" @keydown="step">
      <div class="cw-stage">
        <span v-if="gone[shown?.url]" class="cw-gone">{{ words.gone }}</span>
        <video v-else-if="shown?.is_clip" :src="shown.url" controls muted playsinline
               :aria-label="shown.words" @error="gone[shown.url] = true"></video>
        <a v-else-if="shown" :href="shown.url" target="_blank" :title="words.full">
          <img :src="shown.url" :alt="shown.words" @error="gone[shown.url] = true">
        </a>
      </div>
      <div class="cw-strip" role="group" :aria-label="words.all">
        <button v-for="(one, i) in files" :key="one.url" type="button" class="cw-thumb"
                :aria-pressed="i === at" @click="at = i">
          <span v-if="one.is_clip" class="cw-film" aria-hidden="true">
            <i class="q-icon material-icons">movie</i>
          </span>
          <img v-else :src="one.url" alt="" loading="lazy">
          {{ one.words }}<br>{{ one.at }}
        </button>
      </div>
    </div>`,
  props: { files: Array, words: Object },
  data() {
    return { at: 0, gone: {} };
  },
  computed: {
    shown() {
      return this.files[Math.min(this.at, this.files.length - 1)];
    },
  },
  methods: {
    step(event) {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by || event.target.tagName === "VIDEO") return;
      this.at = (this.at + by + this.files.length) % this.files.length;
      this.$nextTick(() => this.$el.querySelector('[aria-pressed="true"]').focus());
    },
  },
};
