import './parts/older.js'
import 'maplibre-gl/dist/maplibre-gl-worker.mjs'
