// <details class="gz-menu">: closes when the reader turns elsewhere or presses Escape.
export function closeMenus() {
  const open = () => document.querySelectorAll('details.gz-menu[open]')
  addEventListener('click', (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false
  })
  addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    for (const menu of open()) {
      menu.open = false
      menu.querySelector('summary').focus()
    }
  })
}

// <button data-unfolds>: shows all of the navigation on a phone, where only the first and this page stand.
export function unfoldNavigation() {
  const button = document.querySelector('[data-unfolds]')
  if (!button) return
  const nav = button.closest('nav')
  const show = (all) => {
    nav.toggleAttribute('data-all', all)
    button.setAttribute('aria-expanded', all)
  }
  button.addEventListener('click', () => show(!nav.hasAttribute('data-all')))
  nav.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !nav.hasAttribute('data-all')) return
    show(false)
    button.focus()
  })
}
