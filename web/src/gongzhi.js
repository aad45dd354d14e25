// What every page loads. Everything here is an addition: without it each page still works.
import './parts/older.js'
import './css/tokens.css'
import './css/tabler.scss'
import './css/base.css'
import './css/components.css'
import './css/desk.css'
import Alpine from '@alpinejs/csp'
import htmx from 'htmx.org/dist/htmx.esm.js'
import { watchConnection } from './parts/connection.js'
import { keepDrafts } from './parts/drafts.js'
import { listenToKeys } from './parts/keys.js'
import { defineLazyParts } from './parts/lazy.js'
import { offerLocation } from './parts/location.js'
import { closeMenus } from './parts/menus.js'

Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
})
window.htmx = htmx
window.Alpine = Alpine

function begin() {
  Alpine.start()
  defineLazyParts()
  watchConnection()
  listenToKeys()
  closeMenus()
  keepDrafts(document)
  offerLocation(document)
  htmx.onLoad((part) => {
    keepDrafts(part)
    offerLocation(part)
  })
}

if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin)
else begin()
