// Names on a map: each where its area is widest; of two that would touch, the one that counts less gives way.

const ROOM = 3 // pixels that two names leave between them
const CLOSELY = 24 // cells a side in which the widest spot is looked for
const MOST_AREAS = 120 // beyond so many the middle of the box will do

export function everyPosition(coordinates, found = []) {
  if (typeof coordinates[0] === 'number') found.push(coordinates)
  else for (const inner of coordinates) everyPosition(inner, found)
  return found
}

function boxOf(positions) {
  const [lons, lats] = [0, 1].map((axis) => positions.map((position) => position[axis]))
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]
}

function largestRings({ type, coordinates }) {
  if (type === 'Polygon') return coordinates
  if (type !== 'MultiPolygon') return null
  const size = ([ring]) => {
    const [west, south, east, north] = boxOf(ring)
    return (east - west) * (north - south)
  }
  return coordinates.reduce((best, polygon) => (size(polygon) > size(best) ? polygon : best))
}

// How far a spot lies inside the rings: less than nothing outside.
function depth([x, y], rings, squeeze) {
  let isInside = false
  let nearest = Infinity
  for (const ring of rings)
    for (let n = 0, m = ring.length - 1; n < ring.length; m = n++) {
      const [[ax, ay], [bx, by]] = [ring[m], ring[n]]
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) isInside = !isInside
      const [dx, dy] = [(bx - ax) * squeeze, by - ay]
      const [px, py] = [(x - ax) * squeeze, y - ay]
      const along = dx || dy ? Math.max(0, Math.min(1, (px * dx + py * dy) / (dx * dx + dy * dy))) : 0
      nearest = Math.min(nearest, Math.hypot(px - along * dx, py - along * dy))
    }
  return isInside ? nearest : -nearest
}

export function middleOf(geometry, isRough = false) {
  const rings = largestRings(geometry)
  const [west, south, east, north] = boxOf(rings ? rings[0] : everyPosition(geometry.coordinates))
  let best = [(west + east) / 2, (south + north) / 2]
  if (isRough || !rings) return best
  const squeeze = Math.cos((best[1] * Math.PI) / 180)
  let deepest = depth(best, rings, squeeze)
  for (let column = 0.5; column < CLOSELY; column++)
    for (let row = 0.5; row < CLOSELY; row++) {
      const spot = [west + ((east - west) * column) / CLOSELY, south + ((north - south) * row) / CLOSELY]
      const found = depth(spot, rings, squeeze)
      if (found > deepest) [best, deepest] = [spot, found]
    }
  return best
}

function word(className, text, parent) {
  const element = document.createElement('span')
  element.className = className
  element.textContent = text
  parent?.append(element)
  return element
}

function nameOf({ name, told, kind = '' }) {
  const element = word(`gz-area-name ${kind}`.trim(), '')
  element.ariaHidden = 'true' // the list beside the map says it
  word('', name, element)
  if (told) word('gz-area-told', told, element)
  return element
}

function sizes(element) {
  const whole = [element.offsetWidth, element.offsetHeight]
  const [told] = element.getElementsByClassName('gz-area-told')
  if (!told) return [whole]
  element.dataset.short = ''
  const short = [element.offsetWidth, element.offsetHeight]
  delete element.dataset.short
  return [whole, short]
}

const touch = (one, other) =>
  one[0] < other[2] + ROOM && other[0] < one[2] + ROOM && one[1] < other[3] + ROOM && other[1] < one[3] + ROOM

/** Puts names on the map, the weightiest first: whole, else the number alone, else not at all. */
export function putNames(map, Marker, named) {
  const isRough = named.length > MOST_AREAS
  const names = named
    .filter(({ name }) => name)
    .map((each) => {
      const element = nameOf(each)
      const at = each.at ?? middleOf(each.geometry, isRough)
      new Marker({ element }).setLngLat(at).addTo(map)
      return { element, at, weight: each.weight ?? 0 }
    })
    .sort((one, other) => other.weight - one.weight)
  for (const each of names) each.sizes = sizes(each.element)
  const canvas = map.getContainer()
  const controls = () => {
    const home = canvas.getBoundingClientRect()
    return [...canvas.querySelectorAll('.maplibregl-ctrl')].map((control) => {
      const { left, top, right, bottom } = control.getBoundingClientRect()
      return [left - home.left, top - home.top, right - home.left, bottom - home.top]
    })
  }
  const isWithin = ([left, top, right, bottom]) =>
    left >= 0 && top >= 0 && right <= canvas.clientWidth && bottom <= canvas.clientHeight
  const settle = () => {
    const taken = controls()
    for (const { element, at, sizes } of names) {
      const { x, y } = map.project(at)
      const boxes = sizes.map(([w, h]) => [x - w / 2, y - h / 2, x + w / 2, y + h / 2])
      const fits = boxes.findIndex((box) => isWithin(box) && !taken.some((other) => touch(box, other)))
      element.hidden = fits < 0
      if (fits === 1) element.dataset.short = ''
      else delete element.dataset.short
      if (fits >= 0) taken.push(boxes[fits])
    }
  }
  settle()
  for (const event of ['moveend', 'resize']) map.on(event, settle)
}
