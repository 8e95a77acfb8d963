// The head of the queue. A row that stays keeps its place, its focus and a click that was begun.
export default {
  template: `
    <p v-if="!rows.length" class="sw-empty">{{ nothing }}</p>
    <ul v-else class="rv-list">
      <li v-for="one in rows" :key="one.number">
        <button type="button" class="rv-item" :class="{ held: one.holder }" :data-number="one.number"
                :aria-current="one.number === current ? 'true' : null" @click="$emit('open', one.number)">
          <span class="rv-type">{{ one.type }}</span>
          <span class="sw-number">{{ one.confidence }}</span>
          <span class="rv-place sw-number">{{ one.place }}</span>
          <span v-if="one.holder" class="sw-chip warn" :title="held">{{ one.holder }}</span>
          <span v-else-if="one.level" class="sw-chip" :class="one.tone">{{ one.level }}</span>
        </button>
      </li>
    </ul>`,
  props: { rows: Array, current: String, nothing: String, held: String },
  emits: ["open"],
};
