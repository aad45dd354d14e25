// Says when the connection is gone, and holds a form back instead of losing what was written in it.
export function watchConnection() {
  const notice = document.querySelector('[data-offline]')
  if (!notice) return
  const show = () => {
    notice.hidden = navigator.onLine
  }
  addEventListener('online', show)
  addEventListener('offline', show)
  addEventListener('submit', (event) => {
    if (navigator.onLine) return
    event.preventDefault()
    notice.hidden = false
    notice.focus()
  })
  show()
}
