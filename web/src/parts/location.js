// <button data-locate data-lon="#id_lon" data-lat="#id_lat" hidden>: asks the device where it is.
// What to say meanwhile stands in data-asking, data-found and data-failed, shown in data-tells.
export function offerLocation(root) {
  if (!navigator.geolocation) return
  for (const button of root.querySelectorAll('[data-locate]')) {
    if (button.dataset.offered) continue
    button.dataset.offered = 'yes'
    button.hidden = false
    button.addEventListener('click', () => locate(button))
  }
}

function locate(button) {
  const teller = document.querySelector(button.dataset.tells)
  const tell = (words) => {
    if (teller) teller.textContent = words ?? ''
  }
  tell(button.dataset.asking)
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      place(button, coords.longitude, coords.latitude)
      tell(button.dataset.found)
    },
    () => tell(button.dataset.failed),
    { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
  )
}

/** Writes a position into the two fields that `element` names and lets the page know. */
export function place(element, lon, lat) {
  for (const [selector, value] of [
    [element.dataset.lon, lon],
    [element.dataset.lat, lat],
  ]) {
    const field = selector && document.querySelector(selector)
    if (!field) continue
    field.value = value.toFixed(6)
    field.dispatchEvent(new Event('input', { bubbles: true }))
    field.dispatchEvent(new Event('change', { bubbles: true }))
  }
  document.dispatchEvent(new CustomEvent('gz:placed', { detail: { lon, lat } }))
}
