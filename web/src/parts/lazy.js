// <gz-map> and <gz-chart>: the heavy modules are fetched only when such an element comes into view.
// Both read a JSON island, <script type="application/json">, inside themselves. What the server wrote
// beside it (a list, a table) has the same content and stays.

const seesWebGL = () => {
  try {
    const canvas = document.createElement('canvas')
    return Boolean(canvas.getContext('webgl2') ?? canvas.getContext('webgl'))
  } catch {
    return false
  }
}

function loadStyles(address) {
  if (!address || document.querySelector(`link[href="${address}"]`)) return
  const link = document.createElement('link')
  link.rel = 'stylesheet'
  link.href = address
  document.head.append(link)
}

class LazyPart extends HTMLElement {
  connectedCallback() {
    this.watcher = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return
      this.watcher.disconnect()
      this.begin()
    })
    this.watcher.observe(this)
  }

  disconnectedCallback() {
    this.watcher?.disconnect()
    this.drawn?.remove?.()
  }

  get content() {
    return JSON.parse(this.querySelector('script[type="application/json"]')?.textContent ?? '{}')
  }

  async begin() {
    const canvas = this.querySelector('[data-canvas]')
    if (!canvas || !this.possible) return
    canvas.hidden = false
    try {
      loadStyles(this.dataset.styles)
      const { draw } = await import(/* @vite-ignore */ this.dataset.module)
      this.drawn = await draw(canvas, this.content, this)
      this.dataset.ready = 'yes'
    } catch (error) {
      canvas.hidden = true
      this.dataset.ready = 'no'
      console.warn(error)
    }
  }
}

class MapPart extends LazyPart {
  get possible() {
    const can = seesWebGL()
    if (!can) {
      this.dataset.ready = 'no'
      this.querySelector('details')?.setAttribute('open', '')
    }
    return can
  }
}

class ChartPart extends LazyPart {
  possible = true
}

export function defineLazyParts() {
  customElements.define('gz-map', MapPart)
  customElements.define('gz-chart', ChartPart)
}
