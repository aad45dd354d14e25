// Single keys on lists of work: j and k move, Enter opens, a reaches the acts, / the search, ? the help.
// They can be switched off in that help (WCAG 2.1.4) and are silent while somebody types.
const setting = 'gongzhi.keys'
const switchedOff = () => localStorage.getItem(setting) === 'off'

const items = () => [...document.querySelectorAll('[data-keys] > *')]
const reachable = 'a[href], button:not([disabled]), [tabindex="0"]'

function move(by) {
  const all = items()
  if (!all.length) return
  const here = all.findIndex((item) => item.contains(document.activeElement))
  const next = Math.min(Math.max(here + by, 0), all.length - 1)
  const target = all[here < 0 ? 0 : next].querySelector(reachable)
  target?.focus()
  target?.scrollIntoView({ block: 'nearest' })
}

function reachActs() {
  const item = items().find((one) => one.contains(document.activeElement))
  const acts = (item ?? document).querySelector('[data-acts]') ?? document.querySelector('[data-acts]')
  acts?.querySelector(reachable)?.focus()
}

const meanings = {
  j: () => move(1),
  k: () => move(-1),
  a: reachActs,
  '/': () => document.querySelector('[data-search]')?.focus(),
  '?': () => document.querySelector('#keys')?.showModal?.(),
}

const typing = (target) =>
  target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName) || target.closest('dialog, gz-map')

export function listenToKeys() {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    if (switchedOff() || typing(event.target)) return
    const meaning = meanings[event.key]
    if (!meaning) return
    event.preventDefault()
    meaning()
  })
  for (const button of document.querySelectorAll('[data-opens]')) {
    button.hidden = false
    button.addEventListener('click', () => document.getElementById(button.dataset.opens)?.showModal?.())
  }
  const off = document.querySelector('[data-keys-off]')
  if (!off) return
  off.checked = switchedOff()
  off.addEventListener('change', () => localStorage.setItem(setting, off.checked ? 'off' : 'on'))
}
