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
