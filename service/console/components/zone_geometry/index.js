// Geometry of outlines on a picture. Points are [x, y] in pixels of the picture. Pure.

const distance = ([ax, ay], [bx, by]) => Math.hypot(bx - ax, by - ay);

const turn = ([ax, ay], [bx, by], [cx, cy]) => (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// The point itself where it lies in the picture, else the nearest one that does.
export const inside = ([x, y], [width, height]) => [clamp(x, 0, width), clamp(y, 0, height)];

function meet(a, b, c, d) {
  const [one, two] = [turn(a, b, c), turn(a, b, d)];
  const [three, four] = [turn(c, d, a), turn(c, d, b)];
  return one * two < 0 && three * four < 0;
}

// Whether an outline crosses itself; what is being drawn has no last side yet.
export function crosses(points, closed = true) {
  const sides = closed ? points.length : points.length - 1;
  const side = (row) => [points[row], points[(row + 1) % points.length]];
  for (let one = 0; one < sides; one++)
    for (let other = one + 2; other < sides; other++) {
      if (closed && one === 0 && other === sides - 1) continue;
      if (meet(...side(one), ...side(other))) return true;
    }
  return false;
}

function nearestOn([a, b], point) {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const share = length ? ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / length : 0;
  return [a[0] + clamp(share, 0, 1) * dx, a[1] + clamp(share, 0, 1) * dy];
}

const sidesOf = (points) => points.map((point, row) => [point, points[(row + 1) % points.length]]);

const nearest = (candidates, point, reach) =>
  candidates
    .map((candidate) => ({ candidate, far: distance(candidate, point) }))
    .filter(({ far }) => far <= reach)
    .sort((one, other) => one.far - other.far)[0]?.candidate;

// The corner near a point, else the side or the border of the frame near it, else the point.
export function snapped(point, outlines, size, reach) {
  const [width, height] = size;
  const frame = [[0, 0], [width, 0], [width, height], [0, height]];
  const all = [...outlines, frame];
  return (
    nearest(all.flat(), point, reach) ??
    nearest(all.flatMap(sidesOf).map((side) => nearestOn(side, point)), point, reach) ??
    point
  );
}

// How far a whole outline can go of what it is asked to, with its corners pulled by what is near.
export function shift(points, by, outlines, size, reach) {
  const at = points.map(([x, y]) => [x + by[0], y + by[1]]);
  const pulls = at
    .map((point) => [point, snapped(point, outlines, size, reach)])
    .map(([from, to]) => [to[0] - from[0], to[1] - from[1]])
    .filter(([dx, dy]) => dx || dy)
    .sort((one, other) => Math.hypot(...one) - Math.hypot(...other));
  const [dx, dy] = pulls[0] ?? [0, 0];
  return contained(points, [by[0] + dx, by[1] + dy], size);
}

function contained(points, by, size) {
  return by.map((step, axis) => {
    const column = points.map((point) => point[axis]);
    return clamp(step, -Math.min(...column), size[axis] - Math.max(...column));
  });
}

// Where a label goes: above the highest corner.
export const top = (points) => points.reduce((best, point) => (point[1] < best[1] ? point : best));
