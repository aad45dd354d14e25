// Draws points, areas and flows with MapLibre GL. No tiles, fonts or sprites are asked of anybody:
// a base map is a setting, and its style comes in with the content when there is one.
import './parts/older.js'
import * as maplibregl from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import { place } from './parts/location.js'
import { everyPosition, putNames } from './parts/names.js'

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()

const stateColours = () => ({
  in_hand: token('jade'),
  attention: token('amber'),
  overdue: token('cinnabar'),
  refused: token('cinnabar'),
  waiting: token('sky'),
  information: token('sky'),
  done: token('moss'),
})

const collection = (features) => ({ type: 'FeatureCollection', features })

function pointFeatures(points) {
  const colours = stateColours()
  return collection(
    points.map(({ lon, lat, label, url, state }) => ({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [lon, lat] },
      properties: { label: label ?? '', url: url ?? '', colour: colours[state] ?? token('ink-soft') },
    })),
  )
}

// A shade says how much there is; without one an area has the colour of its region.
function areaFeatures(areas) {
  return collection(
    areas.map(({ geometry, label, url, series, shade }) => ({
      type: 'Feature',
      geometry,
      properties: {
        label: label ?? '',
        url: url ?? '',
        colour: token(shade == null ? `series-${series ?? 7}` : `shade-${shade}`),
        opacity: shade == null ? 0.18 : 1,
        line: token(shade == null ? `series-${series ?? 7}` : 'card'),
      },
    })),
  )
}

function flowFeatures(flows) {
  const most = Math.max(1, ...flows.map(({ value }) => value ?? 1))
  return collection(
    flows.map(({ from, to, value, label }) => ({
      type: 'Feature',
      geometry: { type: 'LineString', coordinates: [from, to] },
      properties: { label: label ?? '', width: 1 + (7 * (value ?? 1)) / most },
    })),
  )
}

function extent({ points = [], areas = [], centre, zoom }) {
  const positions = points.map(({ lon, lat }) => [lon, lat])
  for (const { geometry } of areas) everyPosition(geometry.coordinates, positions)
  if (!positions.length) return centre ? { center: centre, zoom: zoom ?? 12 } : { center: [121, 31], zoom: 6 }
  const box = new maplibregl.LngLatBounds(positions[0], positions[0])
  for (const position of positions) box.extend(position)
  return { bounds: box, fitBoundsOptions: { padding: 24, maxZoom: 14 } }
}

function style() {
  return {
    version: 8,
    sources: {},
    layers: [{ id: 'paper', type: 'background', paint: { 'background-color': token('paper-deep') } }],
  }
}

// What lies beside the areas, for orientation: quiet, and never clicked.
function addAround(map, around) {
  const data = collection(around.map(({ geometry }) => ({ type: 'Feature', geometry, properties: {} })))
  map.addSource('around', { type: 'geojson', data })
  map.addLayer({ id: 'around', type: 'fill', source: 'around', paint: { 'fill-color': token('paper') } })
  map.addLayer({
    id: 'around-lines',
    type: 'line',
    source: 'around',
    paint: { 'line-color': token('line-strong'), 'line-opacity': 0.5, 'line-width': 1 },
  })
}

function addWaters(map, waters) {
  map.addSource('waters', { type: 'geojson', data: waters })
  map.addLayer({
    id: 'waters',
    type: 'fill',
    source: 'waters',
    filter: ['==', ['geometry-type'], 'Polygon'],
    paint: { 'fill-color': token('water'), 'fill-outline-color': token('water-edge') },
  })
  map.addLayer({
    id: 'rivers',
    type: 'line',
    source: 'waters',
    filter: ['==', ['geometry-type'], 'LineString'],
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': token('water-edge'), 'line-width': 2.5 },
  })
}

function addFrame(map, geometry) {
  map.addSource('frame', { type: 'geojson', data: { type: 'Feature', geometry, properties: {} } })
  map.addLayer({
    id: 'frame',
    type: 'line',
    source: 'frame',
    layout: { 'line-join': 'round' },
    paint: { 'line-color': token('ink-soft'), 'line-width': 1.5 },
  })
}

function addAreas(map, areas) {
  map.addSource('areas', { type: 'geojson', data: areaFeatures(areas) })
  map.addLayer({
    id: 'areas',
    type: 'fill',
    source: 'areas',
    paint: { 'fill-color': ['get', 'colour'], 'fill-opacity': ['get', 'opacity'] },
  })
}

function addAreaLines(map) {
  map.addLayer({
    id: 'area-lines',
    type: 'line',
    source: 'areas',
    paint: { 'line-color': ['get', 'line'], 'line-width': 1.5 },
  })
}

function addFlows(map, flows) {
  map.addSource('flows', { type: 'geojson', data: flowFeatures(flows) })
  map.addLayer({
    id: 'flows',
    type: 'line',
    source: 'flows',
    layout: { 'line-cap': 'round' },
    paint: { 'line-color': token('sky'), 'line-opacity': 0.6, 'line-width': ['get', 'width'] },
  })
}

function addPoints(map, points) {
  map.addSource('points', {
    type: 'geojson',
    data: pointFeatures(points),
    cluster: points.length > 200,
    clusterRadius: 32,
  })
  map.addLayer({
    id: 'points',
    type: 'circle',
    source: 'points',
    paint: {
      'circle-color': ['coalesce', ['get', 'colour'], token('jade')],
      'circle-radius': ['step', ['coalesce', ['get', 'point_count'], 1], 6, 2, 9, 20, 13, 100, 18],
      'circle-stroke-width': 2,
      'circle-stroke-color': token('card'),
    },
  })
}

function named({ areas, around, waters }) {
  const spot = ({ type, coordinates }) => (type === 'LineString' ? coordinates[coordinates.length >> 1] : null)
  return [
    ...areas.map(({ geometry, label, mark, told, value }) => ({
      geometry,
      name: mark ?? label,
      told,
      weight: 1 + (value ?? 0),
    })),
    ...around.map(({ geometry, label }) => ({ geometry, name: label, kind: 'gz-area-around' })),
    ...waters.features.map(({ geometry, properties }) => ({
      geometry,
      name: properties.name,
      at: spot(geometry),
      kind: 'gz-area-water',
      weight: -1,
    })),
  ]
}

function tellOnClick(map, layer) {
  map.on('click', layer, ({ features, lngLat }) => {
    const { label, url } = features[0].properties
    if (!label) return
    const words = document.createElement(url ? 'a' : 'span')
    words.textContent = label
    if (url) words.href = url
    new maplibregl.Popup({ maxWidth: '18rem' }).setLngLat(lngLat).setDOMContent(words).addTo(map)
  })
  map.on('mouseenter', layer, () => (map.getCanvas().style.cursor = 'pointer'))
  map.on('mouseleave', layer, () => (map.getCanvas().style.cursor = ''))
}

function letPick(map, element) {
  const pin = new maplibregl.Marker({ color: token('cinnabar'), draggable: true })
  const put = (lon, lat) => pin.setLngLat([lon, lat]).addTo(map)
  const [lon, lat] = [element.dataset.lon, element.dataset.lat].map((name) =>
    Number.parseFloat(document.querySelector(name)?.value),
  )
  if (Number.isFinite(lon) && Number.isFinite(lat)) {
    put(lon, lat)
    map.jumpTo({ center: [lon, lat], zoom: 14 })
  }
  map.on('click', ({ lngLat }) => place(element, lngLat.lng, lngLat.lat))
  // By keyboard: the arrows move the map, Enter takes the spot in its middle.
  map.getCanvas().addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    place(element, map.getCenter().lng, map.getCenter().lat)
  })
  pin.on('dragend', () => place(element, pin.getLngLat().lng, pin.getLngLat().lat))
  document.addEventListener('gz:placed', ({ detail }) => {
    put(detail.lon, detail.lat)
    if (!map.getBounds().contains([detail.lon, detail.lat])) map.jumpTo({ center: [detail.lon, detail.lat] })
  })
}

export async function draw(canvas, content, element) {
  maplibregl.setWorkerUrl(new URL(element.dataset.worker, location.href).href)
  const words = content.words ?? {}
  const map = new maplibregl.Map({
    container: canvas,
    style: style(),
    ...extent(content),
    attributionControl: content.attribution ? { customAttribution: content.attribution } : false,
    cooperativeGestures: false,
    dragRotate: false,
    pitchWithRotate: false,
    fadeDuration: 0,
    locale: words,
  })
  map.scrollZoom.disable()
  map.touchZoomRotate.disableRotation()
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }))
  await map.once('load')
  const { areas = [], around = [], flows = [], points = [] } = content
  const waters = content.basemap ?? collection([])
  if (around.length) addAround(map, around)
  if (areas.length) addAreas(map, areas)
  if (waters.features.length) addWaters(map, waters)
  if (areas.length) addAreaLines(map)
  if (content.frame) addFrame(map, content.frame)
  if (flows.length) addFlows(map, flows)
  if (points.length) addPoints(map, points)
  putNames(map, maplibregl.Marker, named({ areas, around, waters }))
  if (element.dataset.pick !== undefined) letPick(map, element)
  else for (const layer of ['points', 'areas']) if (map.getLayer(layer)) tellOnClick(map, layer)
  await map.once('idle')
  return map
}
