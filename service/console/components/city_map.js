// A map of points. Without a tile server it shows a plain grid of degrees.
import { leaflet as L } from "nicegui-leaflet";
import { loadResource } from "../../static/utils/resources.js";

const Grid = L.GridLayer.extend({
  createTile(coords) {
    const tile = document.createElement("canvas");
    const { x: width, y: height } = this.getTileSize();
    tile.width = width;
    tile.height = height;
    const pen = tile.getContext("2d");
    const style = getComputedStyle(document.body);
    pen.strokeStyle = style.getPropertyValue("--sw-line");
    pen.fillStyle = style.getPropertyValue("--sw-quiet");
    pen.strokeRect(0.5, 0.5, width, height);
    pen.font = "11px sans-serif";
    const at = this._map.unproject(coords.scaleBy(this.getTileSize()), coords.z);
    pen.fillText(`${at.lat.toFixed(4)}, ${at.lng.toFixed(4)}`, 6, 15);
    return tile;
  },
});

function paint(pen, point, left, top, width, height) {
  const style = getComputedStyle(point);
  pen.beginPath();
  pen.roundRect(left, top, width, height, Math.min(parseFloat(style.borderRadius) || 0, 50) * width / 100);
  pen.fillStyle = style.backgroundColor;
  pen.fill();
  pen.strokeStyle = style.borderColor;
  pen.stroke();
  pen.fillStyle = style.color;
  pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(point.textContent, left + width / 2, top + height / 2);
}

function outline(pen, cell, left, top) {
  const style = getComputedStyle(cell), way = new Path2D(cell.getAttribute("d"));
  pen.save();
  pen.translate(left, top);
  pen.globalAlpha = parseFloat(style.fillOpacity);
  pen.fillStyle = style.fill;
  pen.fill(way);
  pen.globalAlpha = 1;
  pen.strokeStyle = style.stroke;
  pen.lineWidth = parseFloat(style.strokeWidth);
  pen.stroke(way);
  pen.restore();
}

export default {
  template: `<div class="mp-map" role="region" :aria-label="words.map"></div>`,
  props: { start: Array, tiles: String, attribution: String, words: Object, resourcePath: String },
  emits: ["pick"],
  async mounted() {
    await this.$nextTick(); // window.path_prefix is set by then
    await loadResource(`${window.path_prefix}${this.resourcePath}/leaflet/leaflet.css`);
    this.map = L.map(this.$el, { center: [30, 110], zoom: 4, zoomControl: false, maxZoom: 19 });
    L.control.zoom({ zoomInTitle: this.words.closer, zoomOutTitle: this.words.wider }).addTo(this.map);
    this.map.attributionControl.setPrefix(false);
    const ground = this.tiles
      ? L.tileLayer(this.tiles, { attribution: this.attribution, maxZoom: 19 })
      : new Grid({ maxZoom: 19 });
    ground.addTo(this.map);
    this.cells = L.layerGroup().addTo(this.map);
    this.points = L.layerGroup().addTo(this.map);
    this.watcher = new ResizeObserver(() => this.map.invalidateSize());
    this.watcher.observe(this.$el);
    this.show(this.start);
    this.fit(this.start);
  },
  unmounted() {
    this.watcher?.disconnect();
    this.map?.remove();
  },
  methods: {
    show(points) {
      if (!this.points) return;
      this.points.clearLayers();
      this.cells.clearLayers();
      points.forEach((point) => {
        if (point.ring?.length) this.cells.addLayer(this.cell(point));
        if (!point.ring?.length || point.count) this.points.addLayer(this.marker(point));
      });
    },
    fit(points) {
      if (!points.length) return;
      const corners = points.flatMap((one) => (one.ring?.length ? one.ring : [[one.lat, one.lon]]));
      this.map.fitBounds(corners, { padding: [40, 40], maxZoom: 17 });
    },
    // Hands what is seen to the browser as a file. Tiles that may not be read are left out of it.
    save(file) {
      const way = document.createElement("a");
      try {
        way.href = this.picture(true);
      } catch {
        way.href = this.picture(false);
      }
      way.download = file;
      way.click();
    },
    picture(withTiles) {
      const frame = this.$el.getBoundingClientRect(), sharp = 2;
      const canvas = document.createElement("canvas");
      canvas.width = frame.width * sharp;
      canvas.height = frame.height * sharp;
      const pen = canvas.getContext("2d");
      pen.scale(sharp, sharp);
      pen.fillStyle = getComputedStyle(this.$el).backgroundColor;
      pen.fillRect(0, 0, frame.width, frame.height);
      const placed = (element) => {
        const { left, top, width, height } = element.getBoundingClientRect();
        return [left - frame.left, top - frame.top, width, height];
      };
      const tiles = withTiles ? this.$el.querySelectorAll(".leaflet-tile-loaded") : [];
      tiles.forEach((tile) => pen.drawImage(tile, ...placed(tile)));
      const { x, y } = this.map.layerPointToContainerPoint([0, 0]);
      this.$el.querySelectorAll("path.mp-cell").forEach((cell) => outline(pen, cell, x, y));
      this.$el.querySelectorAll(".mp-point").forEach((point) => paint(pen, point, ...placed(point)));
      return canvas.toDataURL("image/png");
    },
    // A piece of ground in its real outline.
    cell(point) {
      const made = L.polygon(point.ring, {
        className: `mp-cell ${point.tone}`, fillOpacity: 0.12 + 0.6 * (point.depth ?? 0), weight: 1,
      });
      // A name of somebody's data: text, and no page of its own.
      const label = document.createElement("span");
      label.textContent = point.label;
      made.bindTooltip(label, { sticky: true });
      if (point.above) made.on("add", () => made.bringToFront());
      return made;
    },
    marker(point) {
      const at = [point.lat, point.lon];
      const look = document.createElement("span");
      look.className = `mp-point mp-${point.kind} ${point.tone}`;
      if (point.size) look.style.setProperty("--mp-size", `${point.size}px`);
      if (point.sign) {
        const sign = document.createElement("i");
        sign.className = "q-icon material-icons";
        sign.textContent = point.sign;
        sign.setAttribute("aria-hidden", "true");
        look.append(sign);
      }
      if (point.count) look.append(String(point.count));
      const icon = L.divIcon({ html: look, className: "mp-icon", iconSize: null });
      const made = L.marker(at, { icon, alt: point.label, title: point.label, riseOnHover: true });
      made.setZIndexOffset(point.above ?? 0);
      if (point.href) made.on("click", () => (window.location.href = point.href));
      return made;
    },
  },
};
